from matplotlib import pyplot as plt


def plot_attentions(attentions, tokens):
    # matshow schreibt die x-Beschriftung nach oben, head=i bleibt unten
    fig, axs = plt.subplots(
        nrows=len(attentions), ncols=attentions[0].shape[1], squeeze=False, figsize=(12, 12)
    )
    for zeile, (schicht, reihe) in enumerate(zip(attentions, axs)):
        for spalte, ax in enumerate(reihe):
            bild = ax.matshow(schicht.detach().numpy()[0, spalte], cmap="Blues")
            fig.colorbar(bild, ax=ax)
            ax.set_xticks(range(len(tokens)))
            ax.set_yticks(range(len(tokens)))
            ax.set_xticklabels(tokens)
            ax.set_yticklabels(tokens)
            ax.tick_params(axis="x", labelrotation=90)
    for spalte, ax in enumerate(axs[-1]):
        ax.set_xlabel(f"head={spalte}")
    for zeile, ax in enumerate(axs[:, 0]):
        ax.set_ylabel(f"layer={zeile}")
    return fig
