"""A subfigure a layer, and in it a grid of one row; the images upside down, with their labels."""

import numpy as np
from matplotlib import pyplot as plt


class Grid:
    def __init__(self, layers, heads, tokens):
        self.figure = plt.figure(figsize=(1.5 * heads, 1.5 * layers), layout="constrained")
        self.parts = np.ravel(self.figure.subfigures(layers, 1))
        self.heads, self.tokens = heads, tokens

    def row(self, layer, weights):
        part = self.parts[layer]
        grid = part.add_gridspec(1, self.heads)
        for head in range(self.heads):
            axes = part.add_subplot(grid[0, head])
            self.cell(axes, weights[head])
            if not head:
                axes.set_ylabel(f"layer={layer}", rotation=0, labelpad=25)
            axes.set_xlabel(f"\nhead={head}" if layer == len(self.parts) - 1 else "")

    def cell(self, axes, weights):
        size = len(self.tokens)
        axes.imshow(weights, origin="lower", extent=(0, size, 0, size), interpolation="nearest")
        axes.set_xticks(np.arange(size) + 0.5, self.tokens)
        axes.set_yticks(np.arange(size) + 0.5, self.tokens)
        for label in axes.get_xticklabels():
            label.set_rotation(270)


def plot_attentions(attentions, tokens):
    first = [layer[0].detach().float().numpy() for layer in attentions]
    grid = Grid(len(first), len(first[0]), tokens)
    for layer, weights in enumerate(first):
        grid.row(layer, weights)
    return grid.figure
