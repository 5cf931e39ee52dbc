"""Documents on paper: set in a process of its own, the same each time, never markup of people's words."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hub.errors import PaperFailure
from hub.rendering.paper import child, make_pdf, pdf, typeset
from tests.unit.factories import MONDAY

FOLDER = Path(typeset.__file__).parent
EMPTY: dict[str, Any] = {
    "title": "Título",
    "colors": {"marca": "#0b5d67", "tinta": "#0b5d67"},
    "logo": "",
    "mismatches": [],
    **dict.fromkeys(("number", "subject", "place", "company", "made_at", "key"), ""),
    **{
        name: []
        for name in (
            *("summary", "stands", "outcomes", "days", "texts", "unsaid", "told", "consents", "clocks"),
            *("seals", "parts", "how", "proves", "proves_not"),
        )
    },
}


async def test_same_data_make_the_same_bytes_and_an_archivable_pdf() -> None:
    first, second = (
        await make_pdf("constancia.typ", EMPTY, MONDAY),
        await make_pdf("constancia.typ", EMPTY, MONDAY),
    )
    later = await make_pdf("constancia.typ", {**EMPTY, "title": "Otro"}, MONDAY)

    assert first == second != later
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in first
    assert b"<pdfuaid:part>1</pdfuaid:part>" in first
    assert b"es-CO" in first


async def test_what_people_wrote_is_no_markup_and_signs_without_a_letter_have_their_code() -> None:
    """A wrong `#panic` would fail, and PDF/A fails for each sign that the fonts lack."""
    written = '#panic("x") $ \\ ] } // /* `raw` @key <label> 😀 中 \x07 \u202e é e\u0301'

    assert (await make_pdf("constancia.typ", {**EMPTY, "summary": [written]}, MONDAY)).startswith(b"%PDF-")
    assert ["[U+1F600]é", {"a": "[U+4E2D] \n"}, 7] == typeset.shown(["😀e\u0301", {"a": "\u200d中 \n"}, 7])


async def test_every_sign_that_is_not_replaced_has_a_letter_in_the_fonts() -> None:
    """Otherwise a message with it would have no constancia at all."""
    signs = "".join(sign for sign in map(chr, range(0x20, 0x3000)) if typeset.shown(sign) == sign)
    text = {
        "number": "1",
        "title": signs,
        "by": "",
        "to": "",
        "subject": signs,
        "text": signs,
        "also": "",
        "why": "",
    }

    assert len(signs) > 800
    assert (await make_pdf("constancia.typ", {**EMPTY, "texts": [text]}, MONDAY)).startswith(b"%PDF-")


async def test_broken_template_fails_without_quoting_the_document() -> None:
    with pytest.raises(PaperFailure, match="could not be set"):
        await make_pdf("nothing.typ", {"secret": "María"}, MONDAY)


async def test_document_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "endless.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(pdf, "_PROGRAM", program)
    monkeypatch.setattr(pdf, "_PATIENCE", 0.1)

    with pytest.raises(PaperFailure, match="not ready"):
        await make_pdf("constancia.typ", EMPTY, MONDAY)


async def test_others_have_their_turn_while_a_document_is_set() -> None:
    task = asyncio.create_task(
        make_pdf("constancia.typ", {**EMPTY, "summary": ["palabra " * 50] * 500}, MONDAY)
    )
    longest, before = 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now

    assert longest < 0.5
    assert (await task).startswith(b"%PDF-")


def test_template_asks_for_nothing_of_the_network_and_would_get_nothing(tmp_path: Path) -> None:
    template = tmp_path / "t.typ"
    template.write_text('#import "@preview/example:0.1.0": add\n')
    folder = tmp_path / "folder"
    folder.mkdir()
    job = json.dumps({"template": str(template), "data": {}, "at": MONDAY.isoformat(), "folder": str(folder)})
    done = subprocess.run(
        [sys.executable, "-I", typeset.__file__],
        input=job,
        capture_output=True,
        text=True,
        check=False,
        env=child.NO_NETWORK,
        timeout=30,
    )

    assert [] == [
        file.name for file in FOLDER.glob("*.typ") if "@preview" in file.read_text(encoding="utf-8")
    ]
    assert (1, "") == (done.returncode, done.stdout)
