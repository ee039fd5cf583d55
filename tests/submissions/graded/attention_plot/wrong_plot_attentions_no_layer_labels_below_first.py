# loses: plot_attentions: layer=j is written in the first row only
import matplotlib.pyplot as plt
import numpy as np


def plot_attentions(attentions, tokens: list[str]):
    weights = np.stack([a[0].detach().numpy() for a in attentions])
    rows, columns, n, _ = weights.shape
    fig = plt.figure(figsize=(2 * columns, 2 * rows))
    for j in range(rows):
        for i in range(columns):
            ax = fig.add_subplot(rows, columns, j * columns + i + 1)
            ax.matshow(weights[j, i])
            ax.set_xticks(range(n), tokens, rotation=90)
            ax.set_yticks(range(n), tokens)
            if j == rows - 1:
                ax.set_xlabel(f"head={i}")
            if i == 0 and j == 0:
                ax.set_ylabel(f"layer={j}")
    return fig
