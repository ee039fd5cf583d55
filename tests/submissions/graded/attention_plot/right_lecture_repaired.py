import matplotlib.pyplot as plt


def plot_attentions(attentions, tokens):
    n_layers = len(attentions)
    n_heads = attentions[0].shape[1]
    fig, axes = plt.subplots(n_layers, n_heads, squeeze=False)
    fig.set_size_inches(18.5 * 2, 10.5 * 2)
    for layer in range(n_layers):
        for i in range(n_heads):
            axes[layer, i].imshow(attentions[layer][0, i].detach())
            axes[layer][i].set_xticks(list(range(len(tokens))))
            axes[layer][i].set_xticklabels(labels=tokens, rotation="vertical")
            axes[layer][i].set_yticks(list(range(len(tokens))))
            axes[layer][i].set_yticklabels(labels=tokens)

            if layer == n_layers - 1:
                axes[layer, i].set(xlabel=f"head={i}")
            if i == 0:
                axes[layer, i].set(ylabel=f"layer={layer}")
    return fig
