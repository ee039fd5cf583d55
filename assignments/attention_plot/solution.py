"""Topic 6: a picture of what every head looks at.

In: the attentions of a model and the tokens of a text. Out: a figure, a grid of images.
"""

from matplotlib import pyplot as plt
from matplotlib.figure import Figure


def plot_attentions(attentions, tokens: list[str]) -> Figure:
    """Plot the attention weights of every layer and head as a grid of images.

    Args:
        attentions: a tuple or list, one tensor a layer, each (batch, heads, query, key). They may
            require gradients. Shown is the first sequence of the batch.
        tokens: the tokens of that sequence, as many as there are queries and keys.

    Returns:
        The figure. Its grid has one row a layer and one column a head, for any number of either,
        one included.

        - A cell is an image (`imshow` or `matshow`) of its head's weights: rows are queries,
          columns are keys.
        - Every cell has the tokens as tick labels on both axes, each at the middle of its row or
          column; those of the x axis are vertical.
        - `head=0`, `head=1`, ... stand under the last row, `layer=0`, `layer=1`, ... left of the
          first column.

        Titles, colour bars and colours are up to you.

    Hints:
        1. How many layers and heads are there? Ask the attentions.
        2. What does `plt.subplots(2, 3)` give you, and what `plt.subplots(1, 3)` and
           `plt.subplots(1, 1)`? One of its arguments makes them alike.
        3. Which of a tensor's axes do you fix, so that one head's matrix is left? A tensor that
           requires gradients has to be cut off from its graph before it can be drawn.
        4. A tick has a position and a label. Set both: the labels alone go to wherever
           matplotlib has put its ticks.
        5. Which cells get a label of the head, and which one of the layer? An axis has a label
           too, apart from its ticks.
    """
    raise NotImplementedError("plot_attentions is not written yet")
