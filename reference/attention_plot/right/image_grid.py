"""The library's own grid of images, with one colour bar; minor ticks keep the cells apart."""

from matplotlib import pyplot as plt
from mpl_toolkits.axes_grid1 import ImageGrid


def plot_attentions(attentions, tokens):
    layers, heads = len(attentions), attentions[0].shape[-3]
    figure = plt.figure(figsize=(3 * heads, 3 * layers))
    grid = ImageGrid(
        figure, 111, (layers, heads), axes_pad=0.6, label_mode="all", cbar_mode="single"
    )
    flat = [head for layer in attentions for head in layer.detach()[0]]
    for axes, weights in zip(grid, flat, strict=True):
        image = axes.imshow(weights)
        axes.xaxis.set_ticks(range(len(tokens)), tokens, rotation=90)
        axes.yaxis.set_ticks(range(len(tokens)), tokens)
        axes.set_xticks([i - 0.5 for i in range(len(tokens))], minor=True)
    grid.cbar_axes[0].colorbar(image)
    for head, axes in enumerate(grid.axes_row[-1]):
        axes.set_xlabel(f"head={head}")
    for layer, axes in enumerate(grid.axes_column[0]):
        axes.set_ylabel(f"layer={layer}")
    return figure
