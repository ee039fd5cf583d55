"""What stands in a figure, read from matplotlib's own objects, never from pixels.

In: a student's function and its inputs. Out: the cells of the grid by their places, their images
and tick labels, and what is written under the last row and left of the first column. No expected
value is in here. A cell is an axes that shows an image: colour bars and empty axes are none.
"""

import re

import numpy as np
import torch
from matplotlib import pyplot
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.text import Text

NEAR = 0.1  # of a cell: so far from its middle, a tick still is at it
EDGE = 1e-6  # rounding at the ends of an axis


def attentions(layers, heads, tokens, batch=1, seed=0, kind="tuple", **options):
    """Attentions as a model gives them: `layers` tensors (batch, heads, tokens, tokens), whose
    rows sum to 1. `kind` is "tuple" or "list"; `options` are `dtype` and `requires_grad`."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(layers):
        scores = torch.from_numpy(rng.standard_normal((batch, heads, tokens, tokens)))
        weights = (2 * scores).softmax(dim=-1).to(getattr(torch, options.get("dtype", "float64")))
        found.append(weights.requires_grad_(options.get("requires_grad", False)))
    return found if kind == "list" else tuple(found)


def drawn(function, inputs):
    """The facts about the figure. What came instead of one stands at `grid`."""
    pyplot.close("all")
    figure = function(**inputs)
    facts = facts_of(figure) if isinstance(figure, Figure) else {"grid": figure}
    pyplot.close("all")
    return facts


def facts_of(figure):
    """`grid` is the number of cells in each row, from the top. All else is a list of rows, or one
    item a column or a row."""
    rows = rows_of(figure)
    x_labels = [[tick_labels(axes, axes.xaxis) for axes in row] for row in rows]
    y_labels = [[tick_labels(axes, axes.yaxis) for axes in row] for row in rows]
    below, left = outer_labels(figure, rows)
    return {
        "grid": [len(row) for row in rows] or without_images(figure),
        "images": [[np.ma.getdata(image_of(axes).get_array()) for axes in row] for row in rows],
        "x_tick_labels": [[texts(labels) for labels in row] for row in x_labels],
        "y_tick_labels": [[texts(labels) for labels in row] for row in y_labels],
        "turn_of_x_tick_labels": [[turns(labels) for labels in row] for row in x_labels],
        "under_the_last_row": below,
        "left_of_the_first_column": left,
    }


# ------------------------------------------------------------------ cells


def image_of(axes):
    """The image that lies on top, or None."""
    shown = [image for image in axes.images if image.get_visible()]
    return max(shown, key=lambda image: image.get_zorder(), default=None)


def rows_of(figure):
    """The cells, row by row from the top, each row from the left; by where they are."""
    shown = [axes for axes in figure.axes if axes.get_visible() and image_of(axes) is not None]
    # A colour bar drawn as an image is no cell: as many queries as keys make a square.
    cells = [axes for axes in shown if is_square(image_of(axes))] or shown
    if any(axes.get_axes_locator() for axes in cells):
        figure.draw_without_rendering()  # only then are they where they belong
    rows = []
    for axes in sorted(cells, key=lambda axes: -middle(axes.bbox)[1]):
        if rows and middle(axes.bbox)[1] > rows[-1][0].bbox.y0:
            rows[-1].append(axes)
        else:
            rows.append([axes])
    return [sorted(row, key=lambda axes: middle(axes.bbox)[0]) for row in rows]


def is_square(image):
    height, width = image.get_array().shape[:2]
    return height == width


def without_images(figure):
    """What there is in a figure where no axes shows an image."""
    meshes = any(isinstance(one, QuadMesh) for axes in figure.axes for one in axes.collections)
    return f"no image in {len(figure.axes)} axes" + (", but a mesh" if meshes else "")


def middle(box):
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


# ------------------------------------------------------------------ tick labels


def tick_labels(axes, axis):
    """(place, text, rotation in degrees) of every tick label that shows, in order of places. A
    place is a row or column of the image: 0 is the middle of the first one. Upwards and downwards
    are both 90 degrees."""
    if not is_shown(axes, axis):
        return []
    axis.get_ticklabels()  # brings the ticks up to date
    low, high = sorted(axis.get_view_interval())
    found = []
    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
        shown = [
            label
            for label in (tick.label1, tick.label2)
            if tick.get_visible() and label.get_visible() and label.get_text()
        ]
        if shown and low - EDGE <= tick.get_loc() <= high + EDGE:
            turn = max((round(label.get_rotation()) % 180 for label in shown), key=from_vertical)
            place = place_in(image_of(axes), axis.axis_name, tick.get_loc())
            found.append((place, plain(shown[0]), turn))
    return sorted(found)


def place_in(image, name, at):
    """The row or column of the image's array that is at a position of an axis."""
    left, right, bottom, top = image.get_extent()
    height, width = image.get_array().shape[:2]
    if name == "x":
        first, last, count = left, right, width
    elif image.origin == "lower":
        first, last, count = bottom, top, height
    else:
        first, last, count = top, bottom, height
    return (at - first) / (last - first) * count - 0.5


def texts(labels):
    """The texts of tick labels. One that is not at the middle of the row or column that its turn
    it is says where it is."""
    return [
        text if abs(place - turn) < NEAR else f"{text} at {place:.2f}"
        for turn, (place, text, _) in enumerate(labels)
    ]


def turns(labels):
    """The texts of tick labels, wherever they are, and how each is turned."""
    return [
        f"{text}, turned by {turn}°" if from_vertical(turn) else f"{text}, vertical"
        for _, text, turn in labels
    ]


def from_vertical(turn):
    return abs(turn - 90)


def plain(text):
    """What is written, with the dollar signs that were kept from being mathematics."""
    return text.get_text().replace(r"\$", "$")


def is_shown(axes, axis):
    return axes.get_visible() and axes.axison and axis.get_visible()


# ------------------------------------------------------------------ labels of heads and layers


def outer_labels(figure, rows):
    """What is written under each cell of the last row, and left of each first cell.

    Usually these are labels of axes. Where they are not, any text of the figure counts that stands
    there: then the figure has to be laid out before it is known where that is.
    """
    if not rows:
        return [], []
    last, first = rows[-1], [row[0] for row in rows]
    below = [own_label(axes, axes.xaxis, "bottom") for axes in last]
    left = [own_label(axes, axes.yaxis, "left") for axes in first]
    if not all(text.startswith("head=") for text in below):
        below = elsewhere(figure, last, "head", below, is_below)
    if not all(text.startswith("layer=") for text in left):
        left = elsewhere(figure, first, "layer", left, is_left)
    return below, left


def own_label(axes, axis, side):
    """The label of an axis where it shows on this side; empty else."""
    shown = is_shown(axes, axis) and axis.label.get_visible()
    return said(axis.label) if shown and axis.get_label_position() == side else ""


def elsewhere(figure, cells, word, own, is_beside):
    """For each cell the texts of the form `word=...` that stand beside it. Where there is none:
    its own label, or that such texts stand elsewhere."""
    named = [text for text in figure.findobj(Text) if said(text).startswith(f"{word}=")]
    hidden = set(hidden_texts(figure))
    named = [text for text in named if text.get_visible() and text not in hidden]
    if not named:
        return own
    figure.draw_without_rendering()
    places = [(said(text), text.get_window_extent()) for text in named]
    found = []
    for axes, instead in zip(cells, own, strict=True):
        beside = [text for text, place in places if is_beside(place, axes.bbox)]
        found.append(" ".join(dict.fromkeys(beside)) or instead or "it stands elsewhere")
    return found


def is_below(text, box):
    """Whether a text reaches out of a cell at the bottom, within the cell's width."""
    return text.y0 < box.y0 and box.x0 <= middle(text)[0] <= box.x1


def is_left(text, box):
    """Whether a text reaches out of a cell at the left, within the cell's height."""
    return text.x0 < box.x0 and box.y0 <= middle(text)[1] <= box.y1


def hidden_texts(figure):
    """Texts that belong to something that does not show."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if not is_shown(axes, axis):
                yield from axis.findobj(Text)
        if not axes.get_visible():
            yield from axes.findobj(Text)


def said(text):
    """A label's text; of several lines the one that names a head or a layer, if there is one."""
    lines = [line.strip() for line in plain(text).splitlines()]
    named = [line for line in lines if re.fullmatch(r"(head|layer)=.*", line)]
    return named[0] if named else "\n".join(lines).strip()
