import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    rows = len(attentions)
    cols = attentions[0].shape[1]
    n = len(tokens)
    middle = [k + 0.5 for k in range(n)]
    fig = plt.figure(figsize=(4 * cols, 4 * rows))
    w, h = 1 / cols, 1 / rows
    for j in range(rows):
        for i in range(cols):
            # left, bottom, width, height; layer 0 is at the top
            ax = fig.add_axes([i * w + 0.25 * w, 1 - (j + 1) * h + 0.25 * h, 0.7 * w, 0.7 * h])
            # a cell is one unit wide, so the ticks are at its middle
            ax.imshow(attentions[j][0, i].detach().cpu(), extent=(0, n, n, 0))
            ax.set_xticks(middle)
            ax.set_xticklabels(tokens, rotation=90)
            ax.set_yticks(middle)
            ax.set_yticklabels(tokens)
            if j == rows - 1:
                ax.set_xlabel(f"head={i}")
            if i == 0:
                ax.set_ylabel(f"layer={j}")
    return fig
