# loses: plot_attentions: one row a head and one column a layer
import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    n_layers = len(attentions)
    n_heads = attentions[0].shape[1]
    fig, axes = plt.subplots(n_heads, n_layers, squeeze=False)
    for layer in range(n_layers):
        for head in range(n_heads):
            ax = axes[head, layer]
            ax.imshow(attentions[layer][0, head].detach())
            ax.set_xticks(range(len(tokens)))
            ax.set_xticklabels(tokens, rotation="vertical")
            ax.set_yticks(range(len(tokens)))
            ax.set_yticklabels(tokens)
            if head == n_heads - 1:
                ax.set_xlabel(f"layer={layer}")
            if layer == 0:
                ax.set_ylabel(f"head={head}")
    return fig
