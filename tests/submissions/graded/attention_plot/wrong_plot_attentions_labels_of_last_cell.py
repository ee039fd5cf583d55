# loses: plot_attentions: tick labels in the last cell only: plt.xticks outside of the loop
import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    n_layers = len(attentions)
    n_heads = attentions[0].shape[1]
    fig, axes = plt.subplots(n_layers, n_heads, squeeze=False)
    for layer in range(n_layers):
        for head in range(n_heads):
            ax = axes[layer, head]
            ax.imshow(attentions[layer][0, head].detach())
            if layer == n_layers - 1:
                ax.set_xlabel(f"head={head}")
            if head == 0:
                ax.set_ylabel(f"layer={layer}")
    plt.xticks(range(len(tokens)), tokens, rotation="vertical")
    plt.yticks(range(len(tokens)), tokens)
    return fig
