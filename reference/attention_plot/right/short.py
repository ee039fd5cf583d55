import matplotlib.pyplot as plt
import torch


@torch.no_grad()
def plot_attentions(attentions, tokens):
    weights = torch.stack([layer[0] for layer in attentions]).numpy()
    n = len(tokens)
    fig, axs = plt.subplots(*weights.shape[:2], squeeze=False)
    for (i, j), ax in [((i, j), ax) for i, row in enumerate(axs) for j, ax in enumerate(row)]:
        ax.matshow(weights[i, j], cmap="viridis")
        ax.set(xticks=range(n), yticks=range(n), yticklabels=tokens)
        ax.set_xticklabels(tokens, rotation="vertical")
        ax.set(xlabel=f"head={j}", ylabel=f"layer={i}")
        ax.label_outer(remove_inner_ticks=False)
        ax.tick_params(labeltop=True, labelbottom=False, labelleft=True)
    return fig
