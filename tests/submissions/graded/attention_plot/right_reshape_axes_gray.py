import matplotlib.pyplot as plt
import numpy as np
import torch


def plot_attentions(attentions: tuple[torch.Tensor, ...], tokens: list[str]) -> plt.Figure:
    n_layers = len(attentions)
    n_heads = attentions[0].shape[1]
    fig, axes = plt.subplots(n_layers, n_heads, figsize=(max(6, 2 * n_heads), max(4, 2 * n_layers)))
    axes = np.array(axes).reshape(n_layers, n_heads)
    plt.set_cmap("gray")
    for layer, attention in enumerate(attentions):
        first = attention[0].detach().float()
        for head in range(n_heads):
            plt.sca(axes[layer, head])
            plt.imshow(first[head])
            plt.xticks(ticks=np.arange(len(tokens)), labels=tokens, rotation=90, fontsize=8)
            plt.yticks(ticks=np.arange(len(tokens)), labels=tokens, fontsize=8)
            if layer == n_layers - 1:
                plt.xlabel(f"head={head}")
            if head == 0:
                plt.ylabel(f"layer={layer}")
    plt.subplots_adjust(wspace=0.5, hspace=0.5)
    return plt.gcf()
