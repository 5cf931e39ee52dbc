"""A table as CSV that Excel opens as it is meant."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.rendering.spreadsheet import sheet


def read(made: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_accents_separators_and_lines_within_a_cell_come_back() -> None:
    made = sheet(["Persona", "Qué dijo"], [["María Peña", 'Dijo: "sí"; y\nluego no'], [None, 3]])

    assert made.startswith(b"\xef\xbb\xbf")
    assert [["Persona", "Qué dijo"], ["María Peña", 'Dijo: "sí"; y\nluego no'], ["", "3"]] == read(made)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+57", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＋57", "－2", "＠SUM(A1)"],
)
def test_text_that_begins_like_a_formula_stays_text(text: str) -> None:
    assert [["x"], [f"'{text}"]] == read(sheet(["x"], [[text]]))


def test_number_with_a_part_is_one_for_excel_in_spanish() -> None:
    assert sheet(["a", "b"], [[0.5, -12.5]]).endswith(b"\r\n0,5;-12,5\r\n")


def test_negative_number_stays_a_number() -> None:
    assert [["x"], ["-40"]] == read(sheet(["x"], [[-40]]))


@given(st.text(max_size=20))
def test_no_cell_of_text_calculates(text: str) -> None:
    [_, *rows] = read(sheet(["x", "y"], [[text, "z"]]))

    assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠")) for row in rows for cell in row)
    assert not any(cell.startswith(("\t", "\r", "\n")) for row in rows for cell in row)
