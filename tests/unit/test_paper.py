"""Documents on paper: set in a process of their own, from a tree of stored markup."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from hub.errors import PaperFailure
from hub.rendering.paper import child, make_pdf, pdf, typeset
from hub.rendering.paper.markup import Element, parse
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


def tree(html: str) -> Any:
    """The body, each element as its tag and its children."""
    return [_shown(child) for child in parse(html).body.children]


def _shown(node: Element | str) -> Any:
    return node if isinstance(node, str) else (node.tag, *map(_shown, node.children))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>a\n  b</p>\n\n<p> c </p>", [("p", "a b"), ("p", "c ")], id="spaces"),
        pytest.param(
            "<p>a <b>b</b> <i>c</i></p>", [("p", "a ", ("strong", "b"), " ", ("em", "c"))], id="words"
        ),
        pytest.param("<p>a<br> b<br></p>", [("p", "a", ("br",), "b")], id="breaks"),
        pytest.param(
            "<p>uno<p>dos<ul><li>a<li>b</ul>",
            [("p", "uno"), ("p", "dos"), ("ul", ("li", "a"), ("li", "b"))],
            id="open",
        ),
        pytest.param(
            "<table><tbody><tr><th>a<td>b<tr><td>c</table>",
            [("table", ("tr", ("th", "a"), ("td", "b")), ("tr", ("td", "c")))],
            id="open cells",
        ),
        pytest.param("<p>a</b></p></div>b", [("p", "a"), "b"], id="never opened"),
        pytest.param(
            "<style>p</style><script>x</script><!-- y --><title>t</title><p>&lt;b&gt;&nbsp;&#64;</p>",
            [("p", "<b>\u00a0@")],
            id="no words",
        ),
        pytest.param("<custom>a <p>b</p></custom>", [("custom", "a ", ("p", "b"))], id="strange"),
        pytest.param("<p><img src='x'> a</p>", [("p", ("img",), " a")], id="picture"),
    ],
)
def test_page_becomes_a_tree(html: str, expected: Any) -> None:
    assert expected == tree(html)


def test_what_people_wrote_keeps_its_lines() -> None:
    assert [("blockquote", ("p", "a b", ("br",), "c"))] == tree(
        "<blockquote>\n<p>a  b\n c</p>\n</blockquote>"
    )
    assert [("p", "a", ("br",), "b")] == tree('<p class="rubrica">a\r\nb</p>')
    assert [("p", "a b")] == tree("<p>a\nb</p>")


def test_colours_and_classes_of_the_page_are_read_and_nothing_else_is_a_colour() -> None:
    page = parse(
        '<meta name="marca" content="#0b5d67"><meta name="tinta" content="red">'
        '<meta name="x" content="#111">'
        '<body class="cartel a">'
    )

    assert {"marca": "#0b5d67"} == page.colors
    assert ["cartel", "a"] == page.body.classes


def test_picture_is_read_from_the_page_and_from_nowhere_else() -> None:
    inside, outside, broken = (
        parse(f'<img src="{source}" width="{width}" alt="Logo">').body.children[0]
        for source, width in (
            (f"data:image/png;base64,{b64encode(b'png').decode()}", "200"),
            ("https://a.example/x.png", "9" * 30),
            ("data:image/png;base64,AAAAA", "10%"),
        )
    )

    assert isinstance(inside, Element)
    assert isinstance(outside, Element)
    assert isinstance(broken, Element)
    assert (b"png", 200, "Logo") == (inside.picture, inside.width, inside.alt)
    assert (b"", 0, b"", 0) == (outside.picture, outside.width, broken.picture, broken.width)


def test_address_of_a_link_a_number_and_an_id_are_kept() -> None:
    link, numbered, whole = parse(
        '<a href="mailto:a@b.example">x</a><ol start="3"></ol><span style="white-space:nowrap">PQ-1</span>'
    ).body.children

    assert isinstance(link, Element)
    assert isinstance(numbered, Element)
    assert isinstance(whole, Element)
    assert ("mailto:a@b.example", 3, ["junto"]) == (link.href, numbered.start, whole.classes)


def test_endless_nesting_has_an_end() -> None:
    node: Any = parse("<div>" * 5000 + "palabra").body
    depth = 0
    while isinstance(node.children[-1], Element):
        node, depth = node.children[-1], depth + 1

    assert "palabra" == node.children[-1]
    assert depth < 100
