import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

def plot_attentions(attentions, tokens):
    L = len(attentions)
    H = len(attentions[0][0])
    f = plt.figure(figsize = (4 * H, 4 * L))
    k = 1
    for l in range(L):
        for h in range(H):
            plt.subplot(L, H, k)
            k = k + 1
            w = attentions[l][0][h]
            plt.imshow(np.array(w.tolist()))
            plt.xticks(range(len(tokens)), tokens, rotation = "vertical")
            plt.yticks(range(len(tokens)), tokens)
            if l == L - 1:
                plt.xlabel("head=" + str(h))
            if h == 0:
                plt.ylabel("layer=" + str(l))
    plt.tight_layout()
    plt.close(f)
    return f
