import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    """One subfigure a layer, one subplot a head in it."""
    n = len(tokens)
    fig = plt.figure(figsize=(10, 10))
    parts = fig.subfigures(len(attentions), 1, squeeze=False)[:, 0]
    for layer, (part, attention) in enumerate(zip(parts, attentions)):
        heads = attention[0].detach()
        axes = part.subplots(1, len(heads), squeeze=False)[0]
        for head, (ax, weights) in enumerate(zip(axes, heads)):
            ax.imshow(weights)
            ax.set_xticks(range(n), labels=tokens, rotation="vertical")
            ax.set_yticks(range(n), labels=tokens)
            if layer == len(attentions) - 1:
                ax.set_xlabel(f"head={head}")
        axes[0].set_ylabel(f"layer={layer}")
    return fig
