"""The style keeps WCAG 2.2 AA contrast in both themes: 4.5 for text, 3 for graphics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import grader.report.page as page

_STYLE = Path(page.__file__).with_name("style.css").read_text(encoding="utf-8")
_LIGHT, _DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    for block in re.findall(r":root \{(.*?)\}", _STYLE, re.S)
)

_STATUSES = ("pass", "fail", "block", "none", "error")
_TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "card", "sunk")),
    *((status, f"{status}-bg") for status in _STATUSES),
    *((status, ground) for status in _STATUSES for ground in ("card", "paper", "sunk")),
    *(("ink", ground) for ground in ("block-bg", "q1", "error-bg", "card")),
    *(("soft", ground) for ground in ("block-bg", "q1", "error-bg")),
    *(("on-q", ground) for ground in ("q1", "q2", "q3")),
    ("on-q4", "q4"),
    ("card", "link"),
]
_GRAPHICS = [("fill", "card"), ("fill", "track"), ("edge", "card"), ("edge", "paper")]


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [_LIGHT, _DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _TEXT)
def test_text_is_legible(theme: dict[str, str], ink: str, ground: str) -> None:
    assert _contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [_LIGHT, _DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), _GRAPHICS)
def test_graphics_stand_out(theme: dict[str, str], ink: str, ground: str) -> None:
    assert _contrast(theme[ink], theme[ground]) >= 3


def test_both_themes_print_and_motion_are_cared_for() -> None:
    assert set(_LIGHT) == set(_DARK)
    for query in ("prefers-color-scheme: dark", "print", "prefers-reduced-motion", "max-width"):
        assert f"@media {query}" in _STYLE or query in _STYLE


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "url(" not in _STYLE
    assert "@import" not in _STYLE


def test_the_scale_of_heat_maps_is_that_of_their_pictures() -> None:
    ramp = re.search(r"linear-gradient\(90deg, ([^)]+)\)", _STYLE)
    assert ramp is not None
    ends = [tuple(bytes.fromhex(colour.strip()[1:])) for colour in ramp[1].split(",")]
    colours = page.heatmap.palette()
    assert (ends[0], ends[-1]) == (colours[0], colours[-1])
    assert [colours[3 * step] for step in range(6)] == ends


def test_the_style_and_the_script_show_the_same_number_of_rows() -> None:
    script = Path(page.__file__).with_name("script.js").read_text(encoding="utf-8")
    (few,) = re.findall(r"const FEW = (\d+);", script)
    assert f"tr:nth-child(n+{int(few) + 1}) {{ display: none; }}" in _STYLE
