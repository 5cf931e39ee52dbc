"""Letters, posters and covers as PDFs: each word of each letter is in it, in order, on the right paper."""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
import segno
from pikepdf import Pdf

from hub.model import Rendered
from hub.model.letters import PaperSize
from hub.rendering.context import INITIAL
from hub.rendering.paper.pages import Cover, CoverLine, Sheet, make_pages
from hub.rendering.templates import Key
from tests.unit.factories import MONDAY
from tests.unit.pdf_reader import box_of, font_sizes, pages_of, places_of
from tests.unit.test_templates import DUE, TEMPLATES, examples

LETTER = '<body><p class="fecha">Hoy</p><div class="asunto"><p>Asunto: {}</p></div><p>Texto {}.</p></body>'
_HEAD = "María Fernanda Ríos Lunes 9 de marzo de 2026 "
"""The head of the second page of a letter and those after it."""
_FOOT = re.compile(r"página (\d+) de (\d+)$")


@cache
def letters() -> Sequence[tuple[Key, Rendered]]:
    """Every letter that the hub's own texts make: each event and audience, with each example."""
    return [
        (key, TEMPLATES.try_out(key, "print", example, DUE, occasion=INITIAL))
        for key in sorted(TEMPLATES.words, key=str)
        if key[0] == "es" and "print" in TEMPLATES.channels(key)
        for example in examples(key[1])
    ]


async def pdf_of(htmls: Sequence[str], *, large: bool = False, size: PaperSize = PaperSize.LETTER) -> bytes:
    sheets = [Sheet(html=html, large=large) for html in htmls]
    return (await make_pages(sheets, size=size, at=MONDAY, title="Cartas")).pdf


def each(pages: Sequence[str]) -> Iterator[list[str]]:
    """The pages of each letter, without those left empty, and without what stands on every page."""
    letter: list[str] = []
    for page in filter(None, pages):
        found = _FOOT.search(page)
        assert found, page
        assert int(found[1]) == len(letter) + 1
        letter.append(page[: found.start()].removeprefix(_HEAD if letter else ""))
        if found[1] == found[2]:
            yield letter
            letter = []
    assert [] == letter


def signs(text: str) -> str:
    """Nothing but letters and digits: lines are broken elsewhere, and bullets look otherwise."""
    return "".join(re.findall(r"\w", text))


def missing(rendered: Rendered, pages: Sequence[str]) -> list[str]:
    """
    The lines of a letter's text that are not in the PDF, or not after those before them.

    The last one, the unit, is part of the address.
    """
    text, place, lost = signs(" ".join(pages)), 0, []
    *lines, unit = rendered.text.splitlines()
    assert signs(unit.removeprefix("Unidad: ")) in text
    for line in lines:
        found = text.find(signs(line), place)
        if found < 0:
            lost.append(line)
        else:
            place = found + len(signs(line))
    return lost


async def test_every_word_of_every_letter_is_on_paper_in_order() -> None:
    known = letters()
    made = await pdf_of([rendered.html for _, rendered in known])
    printed = list(each(pages_of(made)))

    assert len(known) > 250
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert len(known) == len(printed)
    assert {} == {
        f"{key[1]}/{key[2]}": lost
        for (key, rendered), letter in zip(known, printed, strict=True)
        if (lost := missing(rendered, letter))
    }


@pytest.mark.parametrize(("size", "box"), [(PaperSize.LETTER, (612, 792)), (PaperSize.A4, (595, 842))])
async def test_each_letter_begins_on_a_front_and_no_page_is_empty(
    size: PaperSize, box: tuple[int, int]
) -> None:
    htmls = [rendered.html for _, rendered in letters()[12:32]]
    pdf = await pdf_of(htmls, size=size)
    pages = pages_of(pdf)
    begun = [place for place, page in enumerate(pages) if "página 1 de" in page]

    assert {box} == set(box_of(pdf))
    assert len(htmls) == len(begun)
    assert [] == [place for place in begun if place % 2]
    # The back of a sheet whose front ends a letter.
    assert [] == [place for place, page in enumerate(pages) if not page and place + 1 not in begun]


@pytest.mark.parametrize("size", PaperSize)
async def test_recipient_stands_where_an_envelope_has_its_window(size: PaperSize) -> None:
    """A DIN window shows 45 to 90 mm from the top, that of a #10 52 to 80, both from 22 mm of the left on."""
    html = next(rendered.html for key, rendered in letters() if key[1] == "pqrs.received")
    made = await pdf_of([html], size=size)
    name, *_ = places_of(made, "Fernanda")
    unit, *_ = places_of(made, "apto.")

    assert 22 < name[0] < 60
    assert 50 <= name[1] < unit[1] < 76


async def test_large_print_has_no_letter_below_16_points_and_loses_no_word() -> None:
    known = [(key, rendered) for key, rendered in letters() if len(rendered.text) > 800]
    pdf = await pdf_of([rendered.html for _, rendered in known], large=True)

    assert len(known) > 10
    assert 16 == min(font_sizes(pdf))
    assert [] == [
        lost
        for (_, rendered), letter in zip(known, each(pages_of(pdf)), strict=True)
        for lost in missing(rendered, letter)
    ]


async def test_wide_table_is_a_list_in_large_print() -> None:
    table = (
        "<table><thead><tr><th>Mes</th><th>Cuota</th><th>Saldo</th></tr></thead>"
        "<tbody><tr><td>Enero</td><td>$ 320.000</td><td>$ 0</td></tr></tbody></table>"
    )

    assert "Mes: Enero Cuota: $ 320.000 Saldo: $ 0" in pages_of(await pdf_of([table], large=True))[0]
    assert "Mes Cuota Saldo Enero $ 320.000 $ 0" in pages_of(await pdf_of([table]))[0]


async def test_pdf_of_letters_is_archivable_and_tagged_for_screen_readers() -> None:
    made = await pdf_of([LETTER.format("uno", "uno")])

    with Pdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as about:
        assert ("2", "B", "1") == (
            about["pdfaid:part"],
            about["pdfaid:conformance"],
            about["pdfuaid:part"],
        )
        assert "es-CO" == str(pdf.Root.Lang)
        assert pdf.Root.StructTreeRoot
    # A screen reader jumps to the subject.
    assert b"/H1" in made


async def test_what_people_wrote_is_no_markup() -> None:
    written = '#read("x") *a* $x$ _b_ `c` &lt;d&gt; @e = f \\ // g /* h #panic("i") [j] ~k 😀'
    page = f'<div class="destino"><p>{written}</p></div><blockquote><p>{written}\n- l</p></blockquote>'
    said = pages_of(await pdf_of([page]))[0]

    assert 2 == said.count('#read("x") *a* $x$ _b_ `c` <d> @e = f \\ // g /* h #panic("i") [j] ~k [U+1F600]')
    assert "[U+1F600] - l" in said


async def test_layout_of_another_company_loses_no_word() -> None:
    page = (
        "<style>p { color: red }</style><script>no()</script><main><h3>Título</h3><span>Suelto <b>y</b> "
        "<p>dentro</p></span><dl><dt>Dato</dt><dd>Valor</dd></dl><svg><text>dibujo</text></svg>"
        '<p>Vea <a href="https://a.example/b-c">el acta</a>.<br>Fin.<ul><li>Uno<li>Dos</ul></main>'
    )

    assert (
        "Título Suelto y dentro Dato Valor Vea el acta (https://a.example/b-c). Fin. • Uno • Dos"
        in (pages_of(await pdf_of([page]))[0])
    )


async def test_strange_layouts_are_printed_all_the_same() -> None:
    """One of them must not take a batch with it."""
    strange = [
        "",
        "<p></p><h1></h1><table></table><ul></ul><ol><li></ol><blockquote></blockquote><a></a><img>",
        '<div class="asunto"></div><div class="cuerpo"></div><div class="membrete"><p class="empresa"></div>',
        '<h2>Antes</h2><div class="asunto"><p>Asunto: a</p></div><h2>Después</h2>',
        '<h3 class="logo">x</h3><div class="recibido"><table><tr><td></td></tr></table></div>',
        '<table class="datos"><tr><th>a</th><td>b</td><td>c</td></tr><tr></tr></table>',
        '<body class="cartel"><h1 class="cartel-titulo"></h1><div class="qr"></div><h2>x</h2>',
        "<ul><li><table><tr><th><h2>a</h2></th></tr></table><li><blockquote><h1>b</h1></blockquote></ul>",
    ]

    for html in strange:
        assert (await pdf_of([html])).startswith(b"%PDF-")
    assert len(strange) <= len(box_of(await pdf_of(strange)))


async def test_id_at_the_end_of_a_line_gets_no_hyphen() -> None:
    """In Spanish a hyphen at the end of a line would be repeated, and be part of the id."""
    words = " ".join(f"palabra{'x' * number} PQ-2026-{number:06}" for number in range(30))
    said = pages_of(await pdf_of([f"<p>{words}</p>"]))[0]

    assert signs(words) in signs(said)
    assert "--" not in said.replace(" ", "")


def poster(title: str, body: str, *, code: bool = True) -> str:
    picture = io.BytesIO()
    segno.make("https://avisos.example/a/1", error="m").save(picture, kind="png", scale=6, border=0)
    encoded = b64encode(picture.getvalue()).decode()
    qr = f'<div class="qr"><img src="data:image/png;base64,{encoded}" alt="QR"><p>Vea si rige.</p></div>'
    return (
        '<html><head><meta name="marca" content="#8a2b6b"></head><body class="cartel">'
        f'<div class="membrete"><p class="empresa">Altos</p></div><h1 class="cartel-titulo">{title}</h1>'
        f'<div class="cartel-cuerpo">{body}</div>{qr if code else ""}'
        '<p class="vigencia">Hasta el martes.</p><div class="contacto"><p>601</p></div></body></html>'
    )


async def test_poster_fills_one_page_and_shrinks_before_it_takes_two() -> None:
    row = "<tr><th>Dónde</th><td>Torre 1 y torre 2, desde la portería hasta el salón</td></tr>"
    short, long, endless = [
        await pdf_of([poster("Corte de agua", f'<table class="datos">{row * count}</table>')])
        for count in (1, 14, 90)
    ]

    assert (1, 1) == (len(box_of(short)), len(box_of(long)))
    assert 1 < len(box_of(endless))
    assert max(font_sizes(short)) > 60 > max(font_sizes(long)) > 25
    assert 12 <= min(font_sizes(long))
    for made in (short, long, endless):
        assert b"<pdfuaid:part>1</pdfuaid:part>" in made
        said = " ".join(pages_of(made))
        assert re.search(r"Altos Corte de agua Dónde.*salón Vea si rige. Hasta el martes. 601", said)


async def test_poster_has_the_colours_of_who_writes() -> None:
    made = await pdf_of([poster("Corte de agua", "<p>Hoy.</p>")])
    with Pdf.open(io.BytesIO(made)) as pdf:
        drawn = pdf.pages[0].Contents.read_bytes()

    assert b"0.5411765 0.16862746 0.41960785" in drawn


async def test_cover_names_each_letter_with_room_to_sign_and_repeats_its_head() -> None:
    lines = tuple(
        CoverLine(where=f"Apto. {number}", name="Ana Peña", what="Citación", note="letra grande")
        for number in range(1, 61)
    )
    missed = CoverLine(where="Apto. 302", name="Luis Peña", what="Acta", note="pide clave")
    cover = Cover(title="Cartas para entregar", place="Altos", made="Hoy.", lines=lines, missing=(missed,))
    made = await make_pages(
        [Sheet(html=LETTER.format(1, 1))],
        size=PaperSize.LETTER,
        at=MONDAY,
        title="Cartas",
        cover=lambda _apart: cover,
    )
    pages = pages_of(made.pdf)
    front = next(place for place, page in enumerate(pages) if "Asunto: 1" in page)
    said = " ".join(pages[:front])

    assert 0 == front % 2
    assert [] == [page for page in pages[:front] if page and "Recibe: nombre, firma y fecha" not in page]
    assert [str(number) for number in range(1, 61)] == re.findall(r"(\d+) Apto\. \1 Ana Peña", said)
    assert re.search(r"60 cartas.*Imprima aparte.*Apto. 302 Luis Peña Acta pide clave", said)


async def test_batch_without_letters_is_a_cover_alone() -> None:
    cover = Cover(title="Cartas", place="Altos", made="Hoy.", lines=())
    made = await make_pages([], size=PaperSize.A4, at=MONDAY, title="Cartas", cover=lambda _apart: cover)

    assert [(595, 842)] == box_of(made.pdf)
