"""How `attention_plot` is graded: cases, rubric and known mistakes.

Left alone, because the course text leaves it open: titles, colours, colour bars, extra axes, sizes,
labels of heads and layers at further cells, and whether pyplot still knows the figure.
"""

from grader import fixture, same, task

FOUR = ["[CLS]", "Hello", ",", "[SEP]"]
ODD = ["the", "##s", "the", "$", "_x_^", "Ġthe", "猫", "the"]
MANY = ["[CLS]", "All", "you", "need", "is", "attention", ",", "is", "n't", "it", "?", "[SEP]"]
WORDS = ["a", "cat", "sat", "on", "the", "mat", "Ġand", "##ted", "slept", "!", "[SEP]", "é"]


def weights(layers, heads, tokens, **options):
    """Attentions for so many tokens."""
    return fixture("attentions", layers=layers, heads=heads, tokens=len(tokens), **options)


plot = task("plot_attentions", probe="drawn", wall=30.0)  # a student may lay out, and save
plot.case(
    "two layers, three heads",
    public=True,
    attentions=weights(2, 3, FOUR, seed=1, dtype="float32"),
    tokens=FOUR,
)
plot.case(
    "one layer, one head",
    public=True,
    attentions=weights(1, 1, FOUR[:3], seed=2, requires_grad=True),
    tokens=FOUR[:3],
)
plot.case(
    "seven layers, one head",
    attentions=weights(7, 1, FOUR[:2], seed=3),
    tokens=FOUR[:2],
)
plot.case(
    "one layer, four heads",
    attentions=weights(1, 4, FOUR[1:3], seed=4, kind="list", requires_grad=True),
    tokens=FOUR[1:3],
)
plot.case(
    "a batch of three",
    attentions=weights(2, 2, FOUR, seed=5, batch=3),
    tokens=FOUR[::-1],
)
plot.case("twelve tokens", attentions=weights(1, 2, MANY, seed=6), tokens=MANY)
plot.case("one token", attentions=weights(2, 1, FOUR[:1], seed=7), tokens=FOUR[:1])
plot.case("a token three times, and odd ones", attentions=weights(1, 2, ODD, seed=8), tokens=ODD)


@plot.cases
def drawn(rng):
    for _ in range(2):
        layers, heads = rng.sample(range(1, 4), 2)
        tokens = rng.sample(WORDS, rng.randint(4, 6))
        seed = rng.randrange(1 << 20)
        yield {"attentions": weights(layers, heads, tokens, seed=seed, batch=2), "tokens": tokens}


plot.check(
    "one row a layer, one column a head",
    same("grid"),
    points=1.5,
    hint="The cells are found by where they are, and counted row by row. A cell is an axes with "
    "an image, as `imshow` or `matshow` makes it.",
)
plot.check(
    "each cell shows its head's weights",
    same("images", dims="query key"),
    points=3.5,
    hint="Which tensor, and which two of its indices, belong to the cell in this row and column?",
)
plot.check(
    "x axis: the tokens, in every cell, each at the middle of its column",
    same("x_tick_labels"),
    points=1,
    hint="Column i of an image has its middle at i. Set places and labels together.",
)
plot.check(
    "y axis: the tokens, in every cell, each at the middle of its row",
    same("y_tick_labels"),
    points=1,
    hint="Row i of an image has its middle at i. Set places and labels together.",
)
plot.check(
    "the tick labels of x are vertical",
    same("turn_of_x_tick_labels"),
    points=1,
    hint="A tick label can be rotated by 90 degrees.",
)
plot.check(
    "`head=i` under the last row",
    same("under_the_last_row"),
    points=1,
    hint="An x axis has a label below its ticks. Count from 0.",
)
plot.check(
    "`layer=j` left of the first column",
    same("left_of_the_first_column"),
    points=1,
    hint="A y axis has a label left of its ticks. Count from 0.",
)

GRID = (
    "figure, grid = plt.subplots(layers, heads, figsize=size, squeeze=False, "
    'layout="constrained")\n'
)
SHOW = "axes.imshow(attentions[layer][0, head].detach())\n"
X_TICKS = "axes.set_xticks(places, labels=tokens, rotation=90)\n"
Y_TICKS = "axes.set_yticks(places, labels=tokens)\n"
HEADS = 'grid[-1, head].set_xlabel(f"head={head}")\n'
LAYERS = 'grid[layer, 0].set_ylabel(f"layer={layer}")\n'
RETURN = "    return figure\n"

# What stands where
plot.mistake(
    "Your rows are heads and your columns are layers. It is the other way round.",
    (GRID, GRID.replace("layers, heads", "heads, layers")),
    ("grid[layer, head]", "grid[head, layer]"),
    (HEADS, HEADS.replace("grid[-1, head]", "grid[head, 0]").replace("xlabel", "ylabel")),
    (LAYERS, LAYERS.replace("grid[layer, 0]", "grid[-1, layer]").replace("ylabel", "xlabel")),
)
plot.mistake(
    "You plot six layers, as the lecture does. Ask the attentions how many there are.",
    "layers, heads = len(attentions), attentions[0].shape[1]",
    "layers, heads = 6, attentions[0].shape[1]",
)
plot.mistake(
    "You take the size of the batch for the number of heads. Heads are axis 1.",
    "attentions[0].shape[1]",
    "attentions[0].shape[0]",
)
plot.mistake(
    "`plt.subplots` gives an array of axes with two axes of its own only when you ask for it: one "
    "row, one column or one cell are different without `squeeze=False`.",
    ", squeeze=False",
    "",
)
plot.mistake(
    "You make the grid two-dimensional afterwards: `np.atleast_2d` makes a row also of what was a "
    "column. Pass `squeeze=False`.",
    GRID,
    GRID.replace(", squeeze=False", "") + "    import numpy\n    grid = numpy.atleast_2d(grid)\n",
)
plot.mistake(
    "You start a new figure for each layer, and return the last one alone. All layers belong into "
    "one.",
    source="""
def plot_attentions(attentions, tokens):
    places = range(len(tokens))
    for layer, weights in enumerate(attentions):
        heads = weights.shape[1]
        figure, grid = plt.subplots(1, heads, squeeze=False)
        for head in range(heads):
            axes = grid[0, head]
            axes.imshow(weights[0, head].detach())
            axes.set_xticks(places, labels=tokens, rotation=90)
            axes.set_yticks(places, labels=tokens)
            axes.set_xlabel(f"head={head}")
        grid[0, 0].set_ylabel(f"layer={layer}")
    return figure
""",
)
plot.mistake(
    "`plt.matshow` opens a figure of its own for each image. Call `matshow` on the cell's axes.",
    SHOW,
    "plt.matshow(attentions[layer][0, head].detach())\n",
)
plot.mistake(
    "`plt.imshow` draws into the current axes, which is the last one of `plt.subplots`. Call "
    "`imshow` on the cell's axes.",
    SHOW,
    "plt.imshow(attentions[layer][0, head].detach())\n",
)
plot.mistake(
    "`pcolormesh` makes no image, and draws the first row at the bottom. Use `imshow` or "
    "`matshow`.",
    SHOW,
    "axes.pcolormesh(attentions[layer][0, head].detach())\n",
)

# The images
plot.mistake(
    "You show the last sequence of the batch. Asked is the first one.",
    "[layer][0, head]",
    "[layer][-1, head]",
)
plot.mistake(
    "You average over the batch. Asked is its first sequence.",
    "[layer][0, head]",
    "[layer].mean(dim=0)[head]",
)
plot.mistake(
    "You remove the axis of the batch with `squeeze`. It is longer than 1 where there are more "
    "sequences, and other axes of length 1 go as well.",
    "[layer][0, head]",
    "[layer].squeeze()[head]",
)
plot.mistake(
    "You show the same head in every column.",
    "[layer][0, head]",
    "[layer][0, 0]",
)
plot.mistake(
    "You show the same layer in every row.",
    "attentions[layer][0, head]",
    "attentions[0][0, head]",
)
plot.mistake(
    "You average over the heads. Every head has a cell of its own.",
    "[layer][0, head]",
    "[layer][0].mean(dim=0)",
)
plot.mistake(
    "Your images are turned: rows are queries, columns are keys.",
    "[layer][0, head].detach()",
    "[layer][0, head].detach().T",
)
plot.mistake(
    "Your images are upside down: the first row of the array is the first query. Flip neither.",
    "[layer][0, head].detach()",
    "[layer][0, head].detach().flip(0)",
)
plot.mistake(
    "A tensor that requires gradients cannot be drawn. Cut it off from its graph first.",
    ".detach()",
    "",
)
plot.mistake(
    "You divide each image by its largest weight. Show the weights as they are: the colours fit "
    "themselves to them.",
    SHOW,
    "weights = attentions[layer][0, head].detach()\n"
    "            axes.imshow(weights / weights.max())\n",
)
plot.mistake(
    "You turn the weights into whole numbers for the image. Show them as they are.",
    ".detach())",
    ".detach().mul(255).byte())",
)
plot.mistake(
    "You show logarithms. Asked are the weights themselves.",
    ".detach())",
    ".detach().log())",
)

# Ticks
plot.mistake(
    "You set labels without places: they go to wherever matplotlib has put its ticks. Set both.",
    (X_TICKS, "axes.set_xticklabels(tokens, rotation=90)\n"),
    (Y_TICKS, "axes.set_yticklabels(tokens)\n"),
)
plot.mistake(
    "You rely on where `matshow` puts its ticks. That is right for few tokens only: with many of "
    "them it leaves places out.",
    (SHOW, SHOW.replace("imshow", "matshow")),
    (X_TICKS, "axes.set_xticklabels(['', *tokens], rotation=90)\n"),
    (Y_TICKS, "axes.set_yticklabels(['', *tokens])\n"),
)
plot.mistake(
    "You expect eight tokens, as the lecture has. Ask `tokens` how many there are.",
    "range(len(tokens))",
    "range(8)",
)
plot.mistake(
    "You label eight tokens at most. There may be more.",
    ("range(len(tokens))", "range(min(len(tokens), 8))"),
    (X_TICKS, X_TICKS.replace("=tokens", "=tokens[:8]")),
    (Y_TICKS, Y_TICKS.replace("=tokens", "=tokens[:8]")),
)
plot.mistake(
    "Your ticks are half a cell too far. The middle of the first row and column is at 0, not at "
    "0.5.",
    "range(len(tokens))",
    "[i + 0.5 for i in range(len(tokens))]",
)
plot.mistake(
    "Your ticks are at the edges of the cells, not at their middles.",
    "range(len(tokens))",
    "[i - 0.5 for i in range(len(tokens))]",
)
plot.mistake(
    "You count places from 1. The first row and column are at 0.",
    "range(len(tokens))",
    "range(1, len(tokens) + 1)",
)
plot.mistake(
    "You look up each token's place with `tokens.index`. A token that occurs twice has two places.",
    "range(len(tokens))",
    "[tokens.index(token) for token in tokens]",
)
plot.mistake(
    "You number the tokens in a dict. A token that occurs twice keeps one place of them only.",
    ("range(len(tokens))", "{token: i for i, token in enumerate(tokens)}"),
    (X_TICKS, "axes.set_xticks(list(places.values()), labels=list(places), rotation=90)\n"),
    (Y_TICKS, "axes.set_yticks(list(places.values()), labels=list(places))\n"),
)
plot.mistake(
    "You label the x axis alone. The queries, on the y axis, are the same tokens.",
    Y_TICKS,
    "axes.set_yticks([])\n",
)
plot.mistake(
    "You label the y axis alone. The keys, on the x axis, are the same tokens.",
    X_TICKS,
    "axes.set_xticks([])\n",
)
plot.mistake(
    "Your y labels run from the bottom up. The first query is in the top row.",
    Y_TICKS,
    "axes.set_yticks(places, labels=tokens[::-1])\n",
)
plot.mistake(
    "The tick labels of your x axis lie flat. They are to be vertical; those of y need not be.",
    ", rotation=90",
    "",
)
plot.mistake(
    "You turn the tick labels by 45 degrees. Vertical is 90.",
    "rotation=90",
    "rotation=45",
)
plot.mistake(
    "Only the outer cells have tick labels: shared axes hide the others. Every cell has its own.",
    ", squeeze=False",
    ", squeeze=False, sharex=True, sharey=True",
)
plot.mistake(
    "You switch the axes of the cells off, and with them all their labels.",
    Y_TICKS,
    Y_TICKS + '            axes.axis("off")\n',
)
plot.mistake(
    "You change the tokens: `##` and `Ġ` belong to them. Show them as they are.",
    "places = range(len(tokens))\n",
    'tokens = [token.strip("#Ġ") for token in tokens]\n    places = range(len(tokens))\n',
)

# Labels of heads and layers
plot.mistake(
    "You do not name the heads.",
    HEADS,
    "pass\n",
)
plot.mistake(
    "You do not name the layers.",
    LAYERS,
    "pass\n",
)
plot.mistake(
    "You name the heads above the first row. They belong under the last one.",
    HEADS,
    'grid[0, head].set_title(f"head={head}")\n',
)
plot.mistake(
    "You name the heads under the first row. They belong under the last one.",
    HEADS,
    HEADS.replace("-1", "0"),
)
plot.mistake(
    "You name the layers right of the last column. They belong left of the first one.",
    LAYERS,
    'grid[layer, -1].yaxis.set_label_position("right")\n'
    '        grid[layer, -1].set_ylabel(f"layer={layer}")\n',
)
plot.mistake(
    "You name the layers left of the last column. They belong left of the first one.",
    LAYERS,
    LAYERS.replace("layer, 0", "layer, -1"),
)
plot.mistake(
    "You count heads and layers from 1. The first ones are `head=0` and `layer=0`.",
    (HEADS, HEADS.replace("{head}", "{head + 1}")),
    (LAYERS, LAYERS.replace("{layer}", "{layer + 1}")),
)
plot.mistake(
    "You count the layers from the bottom. The first layer is in the top row.",
    LAYERS,
    LAYERS.replace("{layer}", "{layers - 1 - layer}"),
)
plot.mistake(
    "You write `Head 0` and `Layer 0`. Asked is `head=0` and `layer=0`.",
    (HEADS, HEADS.replace("head={", "Head {")),
    (LAYERS, LAYERS.replace("layer={", "Layer {")),
)
plot.mistake(
    "You change places: the heads' names belong under the columns, the layers' left of the rows.",
    (HEADS, HEADS.replace('"head=', '"layer=')),
    (LAYERS, LAYERS.replace('"layer=', '"head=')),
)
plot.mistake(
    "You name heads and layers with `plt.xlabel` and `plt.ylabel`: those label the current axes, "
    "which is the last one.",
    (HEADS, 'plt.xlabel(f"head={head}")\n'),
    (LAYERS, 'plt.ylabel(f"layer={layer}")\n'),
)

# What is returned
plot.mistake(
    "You return nothing: return the figure. `plt.show()` does not.",
    RETURN,
    "    plt.show()\n",
)
plot.mistake(
    "You return the figure together with its axes. Asked is the figure alone.",
    RETURN,
    "    return figure, grid\n",
)
plot.mistake(
    "You return the axes. Asked is the figure.",
    RETURN,
    "    return grid\n",
)
plot.mistake(
    "You return `plt`, the module. Asked is the figure.",
    RETURN,
    "    return plt\n",
)
plot.mistake(
    "You ask for a window. It must work without a display: leave the choice to matplotlib.",
    source="""
def plot_attentions(attentions, tokens):
    plt.switch_backend("TkAgg")
    return plt.figure()
""",
)

# ---------------------------------------------------------------- mutants that are right too

SIZE = "2 * heads, 2 * layers"
SUBPLOTS = 'plt.subplots(layers, heads, figsize=size, squeeze=False, layout="constrained")'
plot.equivalent(
    "Every layer of a model has the same number of heads.",
    "attentions[0]",
    "attentions[-1]",
)
plot.equivalent(
    "The size of the figure is left open.",
    ("size = (2 * heads, 2 * layers)", "size = (None)"),
    (SIZE, "2 * layers, 2 * heads"),
    (SIZE, "2 / heads, 2 * layers"),
    (SIZE, "2, 2 * layers"),
    (SIZE, "heads, 2 * layers"),
    (SIZE, "3 * heads, 2 * layers"),
    (SIZE, "1 * heads, 2 * layers"),
    (SIZE, "2 * heads, 2 / layers"),
    (SIZE, "2 * heads, 2"),
    (SIZE, "2 * heads, layers"),
    (SIZE, "2 * heads, 3 * layers"),
    (SIZE, "2 * heads, 1 * layers"),
    (SUBPLOTS, SUBPLOTS.replace("figsize=size, ", "")),
)
plot.equivalent(
    "The room between the cells is left open.",
    SUBPLOTS,
    SUBPLOTS.replace(', layout="constrained"', ""),
)
