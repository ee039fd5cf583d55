# loses: plot_attentions: every row shows the first layer
import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    n_layers = len(attentions)
    n_heads = attentions[0].shape[1]
    fig, axes = plt.subplots(n_layers, n_heads, squeeze=False)
    for layer in range(n_layers):
        for head in range(n_heads):
            ax = axes[layer, head]
            ax.imshow(attentions[0][0, head].detach())
            ax.set_xticks(range(len(tokens)))
            ax.set_xticklabels(tokens, rotation="vertical")
            ax.set_yticks(range(len(tokens)))
            ax.set_yticklabels(tokens)
            if layer == n_layers - 1:
                ax.set_xlabel(f"head={head}")
            if head == 0:
                ax.set_ylabel(f"layer={layer}")
    return fig
