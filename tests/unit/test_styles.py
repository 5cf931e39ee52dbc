"""Colours of a brand, by day and in the dark, can be read."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hub
from hub.rendering.contrast import DARK, LIGHT, TEXT, contrast, palette
from hub.rendering.identities import COLOR

COLORS: Final = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
LAYOUT: Final = Path(__file__).parents[2] / "hub/templates/layouts/email.html"
BACKGROUND: Final = re.compile(r"\.(?:fondo|hoja|cuerpo \.datos)[^{}]*\{[^}]*?background: (#[0-9a-f]{6})")


def assert_readable(color: str) -> None:
    made = palette(color)
    on_areas = contrast(made.solid, made.on_solid), contrast(made.solid_dark, made.on_solid_dark)
    as_text = [contrast(made.ink, surface) for surface in LIGHT]
    as_text_in_dark = [contrast(made.ink_dark, surface) for surface in DARK]

    assert TEXT <= min(*on_areas, *as_text, *as_text_in_dark), color


@given(COLORS)
def test_text_on_and_of_any_color_can_be_read_in_light_and_dark(color: str) -> None:
    assert_readable(color)


def test_text_of_a_grid_of_all_colors_can_be_read() -> None:
    for channels in itertools.product(range(0, 256, 17), repeat=3):
        assert_readable("#{:02x}{:02x}{:02x}".format(*channels))


@given(COLORS)
def test_a_button_stands_out_from_its_sheet(color: str) -> None:
    made = palette(color)

    assert contrast(made.solid, LIGHT[0]) >= 1.3
    assert contrast(made.solid_dark, DARK[1]) >= 1.3


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(contrast(one, other), 2) == ratio == round(contrast(other, one), 2)


def test_a_color_that_can_be_read_stays_as_it_is() -> None:
    made = palette(COLOR)

    assert (COLOR, "#ffffff", COLOR) == (made.solid, made.on_solid, made.ink)


def test_a_light_brand_color_keeps_its_button_and_darkens_its_text() -> None:
    made = palette("#ffd400")

    assert ("#ffd400", "#ffd400") == (made.solid, made.solid_dark)
    assert made.ink not in {"#ffd400", "#ffffff"}


def test_the_surfaces_are_those_of_the_layout() -> None:
    layout = LAYOUT.read_text(encoding="utf-8")
    light, _, dark = layout.partition("@media (prefers-color-scheme: dark)")

    assert set(BACKGROUND.findall(light)) <= set(LIGHT)
    assert set(BACKGROUND.findall(dark)) <= set(DARK)
    assert BACKGROUND.findall(light)
    assert BACKGROUND.findall(dark)


ROOT: Final = Path(hub.__file__).parent
QUERY: Final = "prefers-color-scheme"
BLOCK: Final = re.compile(
    r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^{}]*(?:\{\{[^{}]*\}\}[^{}]*)*)\}\s*\}"
)
SET: Final = re.compile(r"--[\w-]+")
COLOUR: Final = re.compile(r"#[0-9a-f]{3,8}|\{\{ colors\.\w+ \}\}")
SHADE: Final = re.compile(r"(0|\d+px)( (0|\d+px)){2,3} rgb\([\d /.]+\)")
"""The value of a `--shade…`, which is the `box-shadow` of a card and takes no room."""
MAIL: Final = "email.html"
"""A mail has rules of its own in the dark: axe-core judges it whole there."""


def test_dark_sets_colours_alone() -> None:
    files = [
        file
        for file in ROOT.rglob("*")
        if file.suffix in {".css", ".html", ".js", ".svg"} and file.name != MAIL and QUERY in file.read_text()
    ]
    assert {"shell.css", "resident.html", "plain.html"} == {file.name for file in files}
    for file in files:
        blocks = BLOCK.findall(file.read_text())
        # Nothing else asks whether it is dark.
        assert file.read_text().count(QUERY) == len(blocks) == 1
        for name, value in declarations(blocks[0]):
            assert SET.fullmatch(name), (file.name, name)
            assert (SHADE if name.startswith("--shade") else COLOUR).fullmatch(value), (
                file.name,
                name,
                value,
            )


def test_what_the_dark_sets_is_used_as_a_colour() -> None:
    sheet = (ROOT / "web/static/shell.css").read_text()
    shades = re.findall(r"([\w-]+): var\(--shade", sheet)

    assert {"box-shadow"} == set(shades)


def declarations(block: str) -> list[tuple[str, str]]:
    parts = [part.partition(":") for part in block.split(";") if part.strip()]
    return [(name.strip(), value.strip()) for name, _, value in parts]
