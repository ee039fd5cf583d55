"""A mosaic with shared axes whose labels are shown again; titles moved below; text on the left."""

import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    names = [[f"{i}/{j}" for j in range(len(a[0]))] for i, a in enumerate(attentions)]
    fig, cells = plt.subplot_mosaic(names, sharex=True, sharey=True)
    for name, ax in cells.items():
        i, j = map(int, name.split("/"))
        ax.imshow(attentions[i][0][j].detach().cpu().numpy(), cmap="gray", aspect="auto")
        ax.set_xticks(list(range(len(tokens))))
        ax.set_yticks(list(range(len(tokens))))
        ax.set_xticklabels(tokens)
        ax.set_yticklabels(tokens)
        ax.tick_params(labelbottom=True, labelleft=True, labelsize=6)
        plt.setp(ax.get_xticklabels(), rotation=90, ha="center")
    for j, name in enumerate(names[-1]):
        cells[name].set_title(f"head={j}", y=-0.35, fontsize=8)
    for i, (name, *_) in enumerate(names):
        ax = cells[name]
        ax.text(-0.4, 0.5, f"layer={i}", transform=ax.transAxes, ha="right", va="center")
    fig.suptitle("attention")
    return fig
