"""The heat map's PNG is read back with a reader of its own: chunks, checksums, pixels."""

from __future__ import annotations

import base64
import struct
import zlib
from itertools import pairwise

import numpy as np
import pytest
from report_samples import heat_map

from grader.model import HeatMap
from grader.report.heatmap import describe, palette, png_data_uri, shown_size, worst_cell


def _pixels(uri: str) -> np.ndarray:
    """Palette steps, rows x columns, of a 4-bit palette PNG."""
    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64"
    png = base64.b64decode(data)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", png[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, colour, rest) == (4, 3, [0, 0, 0])
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)
    assert not lines[:, 0].any()
    packed = lines[:, 1:]
    return np.stack([packed >> 4, packed & 15], axis=-1).reshape(height, -1)[:, :width]


def _map(levels: list[list[int]], largest: float = 1.0) -> HeatMap:
    rows = np.array(levels, dtype=np.uint8)
    return HeatMap(*rows.shape, rows.tobytes(), largest)


def test_only_no_difference_has_the_colour_of_none() -> None:
    assert _pixels(png_data_uri(_map([[0, 1, 17], [18, 254, 255]]))).tolist() == [
        [0, 1, 1],
        [2, 15, 15],
    ]


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 7), (7, 1), (7, 8), (64, 63)])
def test_every_shape_is_drawn_cell_for_cell(rows: int, columns: int) -> None:
    drawn = heat_map(rows, columns)
    levels = np.frombuffer(drawn.levels, np.uint8).reshape(rows, columns)
    assert np.array_equal(_pixels(png_data_uri(drawn)) > 0, levels > 0)


def test_a_scale_repeats_cells() -> None:
    assert _pixels(png_data_uri(_map([[0, 255]]), scale=3)).tolist() == [[0, 0, 0, 15, 15, 15]] * 3


def test_a_large_map_shrinks_and_keeps_a_single_wrong_cell() -> None:
    levels = np.zeros((300, 500), dtype=np.uint8)
    levels[299, 123] = 255
    small = _pixels(png_data_uri(HeatMap(300, 500, levels.tobytes(), 1.0), side=64))
    assert max(small.shape) <= 64
    assert (small == 15).sum() == 1


def test_lighter_is_always_less() -> None:
    def luminance(colour: tuple[int, int, int]) -> float:
        linear = [(channel / 255) ** 2.2 for channel in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brightness = [luminance(colour) for colour in palette()]
    assert len(brightness) == 16
    assert all(one > other for one, other in pairwise(brightness))


def test_words_name_the_worst_cell() -> None:
    assert worst_cell(heat_map()) == (2, 5)
    told = describe(heat_map())
    assert "7 rows by 9 columns" in told
    assert "largest, 0.346, is in row 2, column 5" in told
    assert "query down, key across" in told


def test_twelve_heads_of_64_by_64_take_no_more_than_34_kib() -> None:
    sizes = np.abs(np.random.default_rng(0).normal(size=(12, 64 * 64)))
    levels = np.ceil(sizes / sizes.max(axis=1, keepdims=True) * 255).astype(np.uint8)
    total = sum(len(png_data_uri(HeatMap(64, 64, head.tobytes(), 1.0))) for head in levels)
    assert total <= 34 * 1024


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 500), (500, 1), (7, 9)])
def test_the_shown_size_fits_a_phone(rows: int, columns: int) -> None:
    width, height = shown_size(heat_map(rows, columns))
    assert 1 <= width <= 320
    assert 1 <= height <= 420
