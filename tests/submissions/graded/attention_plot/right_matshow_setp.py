import matplotlib.pyplot as plt
import torch


def plot_attentions(attentions, tokens):
    stacked = torch.stack([a[0] for a in attentions]).detach()  # layers, heads, query, key
    n_layers, n_heads, n, _ = stacked.shape
    fig = plt.figure(figsize=(2 * n_heads, 2 * n_layers))
    for index in range(n_layers * n_heads):
        layer, head = divmod(index, n_heads)
        ax = fig.add_subplot(n_layers, n_heads, index + 1)
        ax.matshow(stacked[layer, head])
        plt.setp(ax, xticks=range(n), yticks=range(n), xticklabels=tokens, yticklabels=tokens)
        ax.xaxis.tick_bottom()
        plt.setp(ax.get_xticklabels(), rotation=90)
        ax.set_title(f"layer {layer}, head {head}", fontsize=6)
        if layer == n_layers - 1:
            ax.set_xlabel(f"head={head}")
        if head == 0:
            ax.set_ylabel(f"layer={layer}")
    return fig
