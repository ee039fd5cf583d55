from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec


def plot_attentions(attentions, tokens: list[str]) -> Figure:
    """No pyplot at all, so nothing has to be closed."""
    rows, columns = len(attentions), attentions[0].size(1)
    figure = Figure(figsize=(3 * columns, 3 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    grid = GridSpec(rows, columns, figure=figure)
    positions = range(len(tokens))
    for j, layer in enumerate(attentions):
        for i, weights in enumerate(layer[0]):
            ax = figure.add_subplot(grid[j, i])
            ax.imshow(weights.detach().cpu().numpy(), cmap="viridis", vmin=0, vmax=1)
            ax.set_xticks(positions, tokens, rotation=90)
            ax.set_yticks(positions, tokens)
            if j + 1 == rows:
                ax.set_xlabel(f"head={i}")
            if not i:
                ax.set_ylabel(f"layer={j}")
    return figure
