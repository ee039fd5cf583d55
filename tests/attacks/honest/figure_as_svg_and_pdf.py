"""Saves a figure as SVG and as PDF."""

import io

import matplotlib
import matplotlib.pyplot as plt


def program():
    matplotlib.rcParams["svg.hashsalt"] = "fixed"
    figure, axis = plt.subplots()
    axis.plot([1, 2, 3], [3, 1, 2], label="loss")
    axis.legend()
    found = []
    for kind, metadata in (("svg", {"Date": None}), ("pdf", {"CreationDate": None})):
        out = io.BytesIO()
        figure.savefig(out, format=kind, metadata=metadata)
        found.append(len(out.getvalue()))
    plt.close(figure)
    return found
