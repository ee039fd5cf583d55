import matplotlib.pyplot as plt
import numpy as np


def plot_attentions(attentions, tokens):
    a = [np.asarray(x.detach()) for x in attentions]
    # all the cells have the same axes; sharing hides the inner labels, so switch them on again
    fig, ax = plt.subplots(len(a), a[0].shape[1], sharex=True, sharey=True, squeeze=False)
    where = np.arange(len(tokens))
    for j in range(ax.shape[0]):
        for i in range(ax.shape[1]):
            cell = ax[j, i]
            cell.imshow(a[j][0, i])
            cell.set_xticks(where)
            cell.set_yticks(where)
            cell.set_xticklabels(tokens, rotation=270)
            cell.set_yticklabels(tokens)
            cell.tick_params(labelbottom=True, labelleft=True)
    [ax[-1, i].set_xlabel("head=%d" % i) for i in range(ax.shape[1])]
    [ax[j, 0].set_ylabel("layer=%d" % j) for j in range(ax.shape[0])]
    fig.tight_layout()
    return fig
