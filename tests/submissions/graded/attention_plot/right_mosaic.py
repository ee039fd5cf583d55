import matplotlib.pyplot as plt
import torch


@torch.no_grad()
def plot_attentions(attentions, tokens):
    layers, heads = len(attentions), attentions[0].shape[1]
    names = [[f"{j}/{i}" for i in range(heads)] for j in range(layers)]
    fig, axes = plt.subplot_mosaic(names, figsize=(2.5 * heads, 2.5 * layers))
    for name, ax in axes.items():
        j, i = (int(part) for part in name.split("/"))
        ax.imshow(attentions[j][0, i].numpy(), interpolation="nearest", aspect="auto")
        ax.set(
            xticks=range(len(tokens)),
            yticks=range(len(tokens)),
            xticklabels=tokens,
            yticklabels=tokens,
        )
        for label in ax.get_xticklabels():
            label.set_rotation("vertical")
    for i in range(heads):
        axes[names[-1][i]].set_xlabel(f"head={i}")
    for j in range(layers):
        axes[names[j][0]].set_ylabel(f"layer={j}")
    fig.suptitle("attention")
    return fig
