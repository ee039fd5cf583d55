"""A figure without pyplot; subplots one by one, columns first; ticks by locators; annotations."""

from itertools import product

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FuncFormatter, MultipleLocator

BESIDE = {"textcoords": "offset points", "xycoords": "axes fraction"}


def plot_attentions(attentions, tokens):
    n_layers, n_heads = len(attentions), attentions[0].size(1)
    figure = Figure(figsize=(12, 10))
    FigureCanvasAgg(figure)
    for head, layer in product(range(n_heads), range(n_layers)):
        axes = figure.add_subplot(n_layers, n_heads, layer * n_heads + head + 1)
        picture = axes.imshow(np.array(attentions[layer].tolist())[0, head], vmin=0, vmax=1)
        figure.colorbar(picture, ax=axes, shrink=0.8)
        axes.set_title(f"layer {layer}, head {head}", fontsize=6)
        axes.xaxis.set_major_locator(MultipleLocator(1))
        axes.xaxis.set_major_formatter(FixedFormatter(["", *tokens]))
        axes.yaxis.set_major_locator(MultipleLocator(1))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda at, _: _at(tokens, at)))
        axes.tick_params(axis="x", labelrotation=90)
        if head == 0:
            axes.annotate(f"layer={layer}", (0, 0.5), (-60, 0), rotation=90, va="center", **BESIDE)
        if layer == n_layers - 1:
            axes.annotate(f"head={head}", (0.5, 0), (0, -50), ha="center", **BESIDE)
    return figure


def _at(tokens, at):
    return tokens[int(at)] if 0 <= at < len(tokens) else ""
