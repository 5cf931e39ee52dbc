"""
Contrast as WCAG 2.2 computes it, and colours that are mended until it is enough. Pure.

A brand's colour is never trusted: it is moved towards black or white, step by step, until text on it and text
of it can be read, in light and in dark. Its hue stays as far as that goes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

Rgb = tuple[int, ...]

TEXT: Final = 4.5
"""WCAG 1.4.3: of text."""
EASY: Final = 6.0
"""Of text in the dark, where a colour that is mixed with white looks grey at the least that is allowed."""
LARGE: Final = 3.0
"""From here a colour bears white text once it is a little darker; below, dark text suits it."""
SHAPE: Final = 1.3
"""Of a button against its sheet: its text says that it is one, but a white one on white is none."""
LIGHT: Final = ("#ffffff", "#f5f8f8", "#eef2f2")
"""The background of text in the layouts' light design."""
DARK: Final = ("#0f1619", "#182226", "#1f2c31")
"""The same in the dark one."""
_WHITE: Final = (255, 255, 255)
_BLACK: Final = (0, 0, 0)
_INK: Final = "#0d1719"
"""Dark text on a light brand colour."""
_STEPS: Final = 128


class Palette(NamedTuple):
    """
    The shades of one brand colour.

    `solid` is for areas, `on_solid` for text on them, `ink` for text of the colour on a sheet. The last three
    are the same in the dark.
    """

    solid: str
    on_solid: str
    ink: str
    solid_dark: str
    on_solid_dark: str
    ink_dark: str


@lru_cache(maxsize=1024)
def palette(color: str) -> Palette:
    """Mend a colour for each of its uses."""
    solid, on_solid = _area(color, LIGHT[0], _BLACK)
    solid_dark, on_solid_dark = _area(color, DARK[1], _WHITE)
    return Palette(
        solid=solid,
        on_solid=on_solid,
        ink=_moved(color, _BLACK, lambda found: _reads(found, LIGHT, TEXT)),
        solid_dark=solid_dark,
        on_solid_dark=on_solid_dark,
        ink_dark=_moved(color, _WHITE, lambda found: _reads(found, DARK, EASY)),
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    first, second = _luminance(one) + 0.05, _luminance(other) + 0.05
    return first / second if first > second else second / first


def _area(color: str, sheet: str, away: Rgb) -> tuple[str, str]:
    """Return a colour for areas that stands out from the sheet behind it, and that of the text on it."""
    area = _moved(color, away, lambda found: contrast(found, sheet) >= SHAPE)
    if contrast("#ffffff", area) < LARGE:
        return area, _INK
    return _moved(area, _BLACK, lambda found: contrast("#ffffff", found) >= TEXT), "#ffffff"


def _reads(color: str, behind: tuple[str, ...], least: float) -> bool:
    return all(contrast(color, surface) >= least for surface in behind)


def _moved(color: str, towards: Rgb, is_enough: Callable[[str], bool]) -> str:
    """Return the first colour that is enough on the way to black or white; at its end that itself."""
    start = _rgb(color)
    way = [start, towards] if towards == _BLACK else [start, _bright(start), towards]
    for begin, end in pairwise(way):
        for step in range(_STEPS):
            if is_enough(found := _mixed(begin, end, step / (_STEPS - 1))):
                return found
    return _mixed(towards, towards, 1)


def _bright(color: Rgb) -> Rgb:
    """Return the colour as bright as its hue allows, a little whiter: mixed with white alone it is grey."""
    most = max(color)
    return tuple(round(159 * channel / most) + 96 for channel in color) if most else _WHITE


def _mixed(one: Rgb, other: Rgb, share: float) -> str:
    return "#" + "".join(f"{a + round((b - a) * share):02x}" for a, b in zip(one, other, strict=True))


def _rgb(color: str) -> Rgb:
    return tuple(bytes.fromhex(color[1:]))


@lru_cache(maxsize=1024)
def _luminance(color: str) -> float:
    """Return the light of a colour. Most are surfaces, with which each step of a colour's way is compared."""
    red, green, blue = _rgb(color)
    return 0.2126 * _LINEAR[red] + 0.7152 * _LINEAR[green] + 0.0722 * _LINEAR[blue]


_LINEAR: Final = tuple(
    value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    for value in (channel / 255 for channel in range(256))
)
"""The light of each value of a channel of sRGB."""
