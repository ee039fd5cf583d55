"""Shows progress bars, also nested and from several threads."""

import io

from tqdm import tqdm, trange
from tqdm.auto import tqdm as auto


def program():
    out = io.StringIO()
    total = sum(tqdm(range(50), file=out, mininterval=0))
    for _ in trange(3, leave=False):
        for _ in auto(range(2), disable=True):
            total += 1
    return [total, "100%" in out.getvalue()]
