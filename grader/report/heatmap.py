"""Draws a heat map as a small PNG, with zlib and struct alone.

In: a HeatMap (levels 0..255). Out: a data URI, and the sentence that says what the picture shows.
A plotting library would take seconds and five times the bytes for the same squares.
"""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
import numpy.typing as npt

from grader.model import HeatMap
from grader.report.text import clean, number

# Sixteen steps from paper to ink, lighter always meaning smaller: the order survives every kind
# of colour blindness and a grey printer. Step 0 is kept for "no difference at all".
_ANCHORS = ("#f4f1e8", "#fbe08a", "#f3a24c", "#d95b43", "#96295f", "#3a1250")
_STEPS = 16

Levels = npt.NDArray[np.uint8]


def png_data_uri(heat_map: HeatMap, scale: int = 1, side: int = 256) -> str:
    """The map as ``data:image/png;base64,...``, each cell ``scale`` pixels wide.

    A map with more than ``side`` rows or columns is made smaller by keeping the largest level of
    each block, so that a single wrong cell stays visible.
    """
    cells = _pooled(_levels(heat_map), side)
    cells = np.repeat(np.repeat(cells, scale, axis=0), scale, axis=1)
    return "data:image/png;base64," + base64.b64encode(_png(_steps(cells))).decode("ascii")


def shown_size(heat_map: HeatMap, width: int = 320, tallest: int = 420) -> tuple[int, int]:
    """Width and height in CSS pixels that show square cells of at most 24 pixels."""
    cell = min(24.0, width / heat_map.columns, tallest / heat_map.rows)
    return max(1, round(heat_map.columns * cell)), max(1, round(heat_map.rows * cell))


def worst_cell(heat_map: HeatMap) -> tuple[int, int]:
    """Row and column, from 0, of the first largest level."""
    return divmod(int(np.argmax(_levels(heat_map))), heat_map.columns)


def describe(heat_map: HeatMap) -> str:
    """The picture in words, for those who do not see it: its size, and where it is worst."""
    row, column = worst_cell(heat_map)
    wrong = int(np.count_nonzero(_levels(heat_map)))
    caption = clean(heat_map.caption, 200, newlines=False)
    return (
        f"Heat map of the absolute difference{f' ({caption})' if caption else ''}, "
        f"{heat_map.rows} rows by {heat_map.columns} columns. "
        f"The largest, {number(heat_map.largest)}, is in row {row}, column {column}, both from 0; "
        f"{wrong} of {heat_map.rows * heat_map.columns} cells differ."
    )


def palette() -> tuple[tuple[int, int, int], ...]:
    """The sixteen colours as (red, green, blue), from no difference to the largest."""
    anchors = np.array([_rgb(anchor) for anchor in _ANCHORS], dtype=np.float64)
    at = np.linspace(0, len(_ANCHORS) - 1, _STEPS)
    channels = [np.interp(at, range(len(_ANCHORS)), anchors[:, channel]) for channel in range(3)]
    return tuple(
        (int(red), int(green), int(blue)) for red, green, blue in zip(*channels, strict=True)
    )


def _levels(heat_map: HeatMap) -> Levels:
    flat = np.frombuffer(heat_map.levels, dtype=np.uint8)
    return flat.reshape(heat_map.rows, heat_map.columns)


def _pooled(cells: Levels, side: int) -> Levels:
    for axis in (0, 1):
        block = -(-cells.shape[axis] // side)
        if block > 1:
            cells = np.maximum.reduceat(cells, np.arange(0, cells.shape[axis], block), axis=axis)
    return cells


def _steps(cells: Levels) -> Levels:
    """Levels 0..255 to steps 0..15; only an exact 0 is step 0."""
    return ((cells.astype(np.uint16) + _STEPS) // (_STEPS + 1)).astype(np.uint8)


def _png(steps: Levels) -> bytes:
    """A palette PNG with four bits a pixel: each byte holds two pixels, the left one high."""
    rows, columns = steps.shape
    even = np.pad(steps, ((0, 0), (0, columns % 2)))
    packed = (even[:, 0::2] << 4) | even[:, 1::2]
    unfiltered = np.pad(packed, ((0, 0), (1, 0)))  # each row starts with its filter, 0: none
    header = struct.pack(">IIBBBBB", columns, rows, 4, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", bytes(channel for colour in palette() for channel in colour))
        + _chunk(b"IDAT", zlib.compress(unfiltered.tobytes(), 9))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
