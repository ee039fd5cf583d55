"""A small picture of where a tensor is wrong. In: absolute differences. Out: a ``HeatMap``."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.model import HeatMap

_SIDE = 64


def heat_map(size: Any, wrong: Any, dims: tuple[str, ...] = ()) -> HeatMap | None:
    """The two last axes of ``size`` where it is worst, at most 64 x 64; ``None`` for a scalar or
    when no difference is finite. ``wrong`` tells which elements are out of tolerance."""
    finite = np.where(np.isfinite(size), size, 0.0) * wrong
    if size.ndim == 0 or size.size < 2 or not wrong.any():
        return None
    # An element that is NaN or infinite has no size: it is drawn as the worst.
    finite = np.where(wrong & ~np.isfinite(size), finite.max() or 1.0, finite)
    plane, caption = _worst_plane(np.atleast_2d(finite), dims)
    small = _shrink(plane)
    largest = float(small.max())
    if largest <= 0:
        return None
    levels = np.ceil(small / largest * 255).astype(np.uint8)
    rows, columns = small.shape
    return HeatMap(rows, columns, levels.tobytes(), largest, caption)


def _worst_plane(size: Any, dims: tuple[str, ...]) -> tuple[Any, str]:
    """The slice over the last two axes that holds the largest difference, and what it shows."""
    leading = size.shape[:-2]
    worst = np.unravel_index(int(size.argmax()), size.shape)[: len(leading)]
    named = dims if len(dims) == size.ndim else tuple(f"axis {i}" for i in range(size.ndim))
    caption = f"{named[-2]} down, {named[-1]} across" if size.ndim > 1 else ""
    if leading:
        where = ", ".join(f"{name} {int(at)}" for name, at in zip(named, worst, strict=False))
        caption += f"; at {where}"
    return size[worst], caption


def _shrink(plane: Any) -> Any:
    """The largest of each block, so that a single wrong element stays visible."""
    for axis in (0, 1):
        length = plane.shape[axis]
        if length > _SIDE:
            edges = np.linspace(0, length, _SIDE, endpoint=False).astype(int)
            plane = np.maximum.reduceat(plane, edges, axis=axis)
    return plane
