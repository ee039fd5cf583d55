import matplotlib.pyplot as plt
from matplotlib.ticker import FixedFormatter, FixedLocator


class AttentionGrid:
    def __init__(self, attentions, tokens):
        self.weights = [a.detach().cpu()[0] for a in attentions]
        self.tokens = list(tokens)

    def label(self, axis):
        axis.set_major_locator(FixedLocator(range(len(self.tokens))))
        axis.set_major_formatter(FixedFormatter(self.tokens))

    def draw(self):
        rows, columns = len(self.weights), len(self.weights[0])
        figure, axes = plt.subplots(rows, columns, figsize=(columns * 2, rows * 2))
        cells = axes.ravel() if hasattr(axes, "ravel") else [axes]
        for k, ax in enumerate(cells):
            j, i = k // columns, k % columns
            ax.imshow(self.weights[j][i])
            self.label(ax.xaxis)
            self.label(ax.yaxis)
            ax.tick_params("x", rotation=90)
            ax.tick_params(labelsize=7)
            if j == rows - 1:
                ax.set_xlabel("head={}".format(i))
            if i == 0:
                ax.set_ylabel("layer={}".format(j))
        return figure


def plot_attentions(attentions, tokens):
    return AttentionGrid(attentions, tokens).draw()
