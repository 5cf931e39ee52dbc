"""Publishers' documents on paper: drawings are printed, actions are gone, their real end is found."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pikepdf import Pdf

from hub.channels.document_ends import jpeg_is_whole, pdf_is_whole
from hub.desk.cases.given import document_of
from hub.desk.cases.rows import Given
from hub.doors.operator import Operator
from hub.errors import InvalidDocument
from hub.model.documents import FetchedDocument, LinkedDocument
from hub.model.letters import PaperSize
from hub.rendering.paper import documents, enclosure
from hub.rendering.paper.pages import Printout, Sheet, make_pages
from tests.unit.factories import MONDAY, POLICY
from tests.unit.paper_documents import (
    acting,
    bomb,
    encrypted,
    inheriting,
    layered,
    many_pages,
    pdf_of,
    picture,
    signed,
)
from tests.unit.pdf_reader import box_of, pages_of

LETTER = '<body><div class="asunto"><p>Asunto: respuesta</p></div><p>Carta {}.</p></body>'
SOUND = pdf_of("Respuesta completa.", "Segunda hoja.")
SAID = ("Carta 0.", "Carta 1.", "Carta 2.", "Respuesta completa.", "Segunda hoja.")
APART = "El documento no se pudo imprimir con esta carta; imprímalo aparte."


def of(content: bytes, kind: str = "application/pdf") -> LinkedDocument:
    return LinkedDocument(kind=kind, name="Respuesta", content=content)


async def printed(*several: LinkedDocument | None, size: PaperSize = PaperSize.LETTER) -> Printout:
    sheets = [Sheet(html=LETTER.format(place), document=one) for place, one in enumerate(several)]
    return await make_pages(sheets, size=size, at=MONDAY, title="Cartas")


def said(printout: Printout) -> Sequence[str]:
    return [page for page in pages_of(printout.pdf) if page]


async def test_pages_of_a_document_follow_their_letter() -> None:
    made = await printed(of(SOUND), None, of(SOUND))

    assert () == made.apart
    assert ["Carta 0.", "Respuesta completa.", "Segunda hoja.", "Carta 1.", "Carta 2."] == [
        words for page in said(made)[:5] for words in SAID if words in page
    ]


async def given(*several: bytes) -> FetchedDocument | None:
    stores = SimpleNamespace(policy=POLICY)
    by = SimpleNamespace(stores=stores, now=MONDAY + timedelta(minutes=len(several)))
    first, *more = several
    return await document_of(cast("Operator", by), Given(file=first, more=more))


async def test_several_documents_of_an_answer_are_the_pages_of_one() -> None:
    """Alone one stays as it is; together the same ones make the same bytes: a form is pressed twice."""
    photo = picture("JPEG")
    alone, joined, again = (
        await given(SOUND),
        await given(SOUND, photo, SOUND),
        await given(SOUND, photo, SOUND),
    )
    assert alone is not None
    assert joined is not None

    assert SOUND == alone.content
    assert ("application/pdf", joined) == (joined.kind, again)
    pages = pages_of(joined.content)
    assert ["Respuesta completa.", "Segunda hoja.", "", "Respuesta completa.", "Segunda hoja."] == [
        next((words for words in SAID if words in page), "") for page in pages
    ]


@pytest.mark.parametrize(
    "bad",
    [
        SOUND.replace(b"%%EOF", b"%/ByteRange\n%%EOF"),
        b"%PDF-1.7\n%%EOF",
        b"<html>",
        encrypted(SOUND, "clave"),
    ],
    ids=["signed", "empty", "page", "closed"],
)
async def test_signed_or_unreadable_document_is_joined_with_no_other(bad: bytes) -> None:
    with pytest.raises(InvalidDocument):
        await given(SOUND, bad)


async def test_same_document_of_many_letters_is_in_the_file_once() -> None:
    one, many = await printed(of(SOUND)), await printed(*[of(SOUND)] * 30)

    assert len(many.pdf) < len(one.pdf) + 30 * 8_000


async def test_page_that_lies_stays_so_and_each_has_the_size_of_the_paper() -> None:
    wide = of(pdf_of("Plano.", width="420mm", height="297mm"))
    made = await printed(wide, of(inheriting(SOUND)), size=PaperSize.A4)

    assert [(595, 842), (842, 595), (595, 842), (842, 595)] == [
        box for box, words in zip(box_of(made.pdf), pages_of(made.pdf), strict=True) if words
    ][:4]
    assert "Respuesta completa." in " ".join(said(made))


async def test_visible_signature_is_printed() -> None:
    made = await printed(of(signed(SOUND, "Firmado por la administradora")))

    assert "Firmado por la administradora" in " ".join(said(made))


async def test_nothing_that_acts_reaches_the_batch() -> None:
    made = await printed(of(acting(SOUND)))
    saved = io.BytesIO()
    with Pdf.open(io.BytesIO(made.pdf)) as pdf:
        pdf.save(saved, qdf=True)
    plain = saved.getvalue()

    assert "Respuesta completa." in " ".join(said(made))
    assert [] == [
        word
        for word in (
            b"JavaScript",
            b"/JS",
            b"/OpenAction",
            b"/AA",
            b"/Launch",
            b"/EmbeddedFile",
            b"/Annots",
            b"MZ",
        )
        if word in plain
    ]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: of(encrypted(SOUND, "clave")), id="needs a password"),
        pytest.param(lambda: of(b"%PDF-1.7\nnothing"), id="no PDF"),
        pytest.param(lambda: of(b""), id="empty"),
        pytest.param(lambda: of(SOUND[:300]), id="nothing of it left"),
        pytest.param(lambda: of(bomb(SOUND, 300 << 20)), id="unpacks to 300 MB"),
        pytest.param(lambda: of(layered(SOUND)), id="hides a layer"),
        pytest.param(lambda: of(many_pages(SOUND, enclosure.MOST_PAGES + 1)), id="too many pages"),
        pytest.param(
            lambda: of(picture("png", 12_000, 12_000, mode="1"), "image/png"),
            id="a picture of 144 megapixels",
        ),
        pytest.param(lambda: of(picture("png")[:60], "image/png"), id="half a picture"),
        pytest.param(lambda: of(b"GIF89a", "image/gif"), id="another kind"),
    ],
)
async def test_bad_document_is_printed_apart_and_costs_no_letter(make: Callable[[], LinkedDocument]) -> None:
    # Made in the test: each worker reads all tests, and a bomb takes seconds.
    made = await printed(of(SOUND), make(), None)
    pages = said(made)

    assert (1,) == made.apart
    assert [False, False, False, True, False] == [APART in page for page in pages]
    assert "Carta 1." in pages[3]
    assert "Carta 2." in pages[4]


async def test_document_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "endless.py"
    program.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(documents, "_PROGRAM", program)
    monkeypatch.setattr(documents, "_PATIENCE", 0.1)

    assert (0,) == (await printed(of(SOUND))).apart


async def test_documents_that_take_long_together_are_not_begun_any_more(tmp_path: Path) -> None:
    answer = of(SOUND)

    assert [None] == await documents.printable([answer], tmp_path, together=0)
    assert [None] != await documents.printable([answer], tmp_path)


async def test_document_that_takes_too_much_memory_is_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "greedy.py"
    program.write_text("import sys\nsys.stdin.read()\nhoard = bytearray(1 << 30)\nprint([[1, 1]])\n")
    monkeypatch.setattr(documents, "_PROGRAM", program)
    monkeypatch.setattr(documents, "_MEMORY", 512 << 20)

    assert (0,) == (await printed(of(SOUND))).apart


async def test_document_without_a_password_to_read_and_a_damaged_one_are_printed() -> None:
    """Their table at the end is gone: readers find the pages all the same."""
    made = await printed(of(encrypted(SOUND, "")), of(SOUND.replace(b"startxref", b"startxxxx")))

    assert () == made.apart
    assert 2 == sum("Segunda hoja." in page for page in said(made))


async def test_pictures_are_printed_upright_on_a_page_of_their_own() -> None:
    wide, turned = picture("jpeg", 400, 200), picture("jpeg", 400, 200, turned=True)
    made = await printed(of(wide, "image/jpeg"), of(turned, "image/jpeg"), of(picture("png"), "image/png"))

    assert () == made.apart
    assert [(612, 792), (792, 612), (612, 792), (612, 792), (612, 792), (792, 612)] == box_of(made.pdf)


async def test_no_file_is_left_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await printed(of(SOUND), of(b"broken"))

    assert [] == os.listdir(tmp_path)  # noqa: PTH208 - in a coroutine


FIRST_PAGE = (
    b"%%PDF-1.6\n9 0 obj\n<</Linearized 1/L %5d/O 11/E 700/N 3/T 800>>\nendobj\nstartxref\n0\n%%%%EOF\n"
)
"""A PDF made for the web: its first page comes first, with an end of its own."""


@pytest.mark.parametrize("missing", [0, 1])
def test_pdf_for_the_web_is_as_long_as_it_says(missing: int) -> None:
    length = len(FIRST_PAGE % 100)

    assert pdf_is_whole(FIRST_PAGE % (length + missing)) is (missing == 0)


def test_pdf_that_grew_by_a_signature_is_longer_than_it_says() -> None:
    assert pdf_is_whole(FIRST_PAGE % 100 + b"12 0 obj\n<</Type/Sig>>\nendobj\n%%EOF\n")


@pytest.mark.parametrize(("segments", "whole"), [(9_000, True), (11_000, False)])
def test_picture_of_endless_empty_segments_is_not_read_to_its_end(segments: int, whole: bool) -> None:
    """Anybody may send one by mail: its judge must not hold up whatever else the process does."""
    assert whole is jpeg_is_whole(b"\xff\xd8" + b"\xff\xe0\x00\x02" * segments + b"\xff\xd9")
