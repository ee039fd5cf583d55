import matplotlib.pyplot as plt

# 注意力图:每行一层,每列一个头
def plot_attentions(attentions, tokens):
    num_layers = len(attentions)
    num_heads = attentions[0].size()[1]
    fig, axes = plt.subplots(num_layers, num_heads, squeeze=False, figsize=(num_heads * 3, num_layers * 3))
    for l in range(num_layers):
        for h in range(num_heads):
            ax = axes[l][h]
            ax.imshow(attentions[l].data[0][h], origin="upper", cmap="hot")
            ax.set_xticks(range(len(tokens)))
            ax.set_xticklabels(tokens, rotation=90)
            ax.set_yticks(range(len(tokens)))
            ax.set_yticklabels(tokens)
            if l == num_layers - 1:
                ax.text(0.5, -0.45, f"head={h}", transform=ax.transAxes, ha="center", va="top")
            if h == 0:
                ax.annotate(f"layer={l}", (-0.5, 0.5), xycoords="axes fraction", rotation=90, va="center", ha="right")
    return fig
