import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, MultipleLocator


def plot_attentions(attentions, tokens):
    def name(value, position):
        k = int(round(value))
        return tokens[k] if 0 <= k < len(tokens) else ""

    n_layers, n_heads = len(attentions), attentions[0].shape[-3]
    fig, axes = plt.subplots(n_layers, n_heads, squeeze=False, figsize=(3 * n_heads, 3 * n_layers))
    for (layer, head), ax in __import__("numpy").ndenumerate(axes):
        ax.imshow(attentions[layer][0][head].detach().numpy())
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_locator(MultipleLocator(1))
            axis.set_major_formatter(FuncFormatter(name))
        ax.xaxis.set_tick_params(rotation=90)
        if layer == n_layers - 1:
            ax.set_xlabel(f"head={head}")
        if head == 0:
            ax.set_ylabel(f"layer={layer}")
    return fig
