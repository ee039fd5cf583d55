"""Axes put where they belong, in a figure of their own; every cell named, dollar signs escaped."""

from matplotlib.figure import Figure


def _place(layer, head, layers, heads):
    width, height = 0.9 / heads, 0.9 / layers
    left, bottom = 0.1 + head * width, 0.1 + (layers - 1 - layer) * height
    return (left, bottom, 0.6 * width, 0.6 * height)


def plot_attentions(attentions, tokens):
    figure = Figure()
    shown = [token.replace("$", r"\$") for token in tokens]
    layers, heads = len(attentions), attentions[0].shape[1]
    for layer in reversed(range(layers)):
        for head in range(heads):
            axes = figure.add_axes(_place(layer, head, layers, heads))
            axes.matshow(attentions[layer].detach().numpy()[0, head])
            axes.xaxis.tick_bottom()
            axes.set_xticks(range(len(tokens)), shown)
            axes.set_yticks(range(len(tokens)), shown)
            axes.xaxis.set_tick_params(rotation=-90)
            axes.set_xlabel(f"head={head}")
            axes.set_ylabel(f"layer={layer}")
    return figure
