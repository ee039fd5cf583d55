"""As one types it: `plt` draws into whatever subplot is the current one. Labels by `fig.text`."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    rows, columns = len(attentions), attentions[0].shape[1]
    plt.figure(figsize=(columns * 2, rows * 2))
    plt.suptitle("What every head looks at")
    for row in range(rows):
        for column in range(columns):
            plt.subplot(rows, columns, row * columns + column + 1)
            plt.imshow(attentions[row][0, column].detach().numpy().copy(), cmap="Blues")
            plt.xticks(range(len(tokens)), tokens, rotation=90, fontsize=5)
            plt.yticks(range(len(tokens)), tokens, fontsize=5)
            if row == rows - 1:
                box = plt.gca().get_position()
                plt.figtext((box.x0 + box.x1) / 2, 0.01, f"head={column}", ha="center")
            if column == 0:
                box = plt.gca().get_position()
                plt.figtext(0.01, (box.y0 + box.y1) / 2, f"layer={row}", va="center")
    fig = plt.gcf()
    plt.show()
    plt.close(fig)
    return fig
