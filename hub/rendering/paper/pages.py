"""
Stored pages as one PDF: letters, posters, the cover sheet of a batch.

A stored page keeps its words: the PDF is set from its HTML, so that an old letter and a company's own layout
become a PDF as well. `pages.typ` knows these classes; of any other the children are shown:

* a letter: `membrete` (`logo`, `empresa`, `sede`, `contacto`), `fecha`, `destino`, `asunto`, `cuerpo`,
  `cierre` (`firma`, `rubrica`), `codigos` (beside each other `propia` and `verificacion`, each an `img` with
  a PNG, and a sentence), `recibido`, `datos` (a table of facts), `boton`;
* a poster, `<body class="cartel">`: `membrete` (`logo`, `empresa`, `sede`), `cartel-titulo`, `cartel-cuerpo`
  (what the block makes), `qr` (an `img` with a PNG, and a sentence), `vigencia`, `contacto`.

`<meta name="marca" content="#rrggbb">`, `sobre-marca` and `tinta` are the colours of who writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, to_builtins

from hub.errors import PaperFailure
from hub.model.documents import LinkedDocument
from hub.model.letters import PaperSize
from hub.rendering.contrast import palette
from hub.rendering.identities import COLOR
from hub.rendering.paper.documents import PrintableDocument, printable
from hub.rendering.paper.markup import Element, parse
from hub.rendering.paper.pdf import set_joined, set_pages, workplace

_NAMES: Final = ("marca", "sobre-marca", "tinta")
_POSTER: Final = "cartel"


class Sheet(Struct, frozen=True, kw_only=True):
    """
    A stored page to print: a letter, or a poster. `large` sets all of it in 16 points.

    `document` is printed after it: the pages of a PDF, or a picture on a page of its own.
    """

    html: str
    large: bool = False
    document: LinkedDocument | None = None


class CoverLine(Struct, frozen=True, kw_only=True):
    """A line of the cover's table: the unit, the recipient, and the kind of letter."""

    where: str
    name: str
    what: str
    note: str = ""


class Cover(Struct, frozen=True, kw_only=True):
    """
    The first sheet, for who hands the letters out.

    `posters` are the titles of those for the notice board, `missing` the documents that staff must print
    itself.
    """

    title: str
    place: str
    made: str
    lines: tuple[CoverLine, ...]
    posters: tuple[str, ...] = ()
    missing: tuple[CoverLine, ...] = ()


class Printout(Struct, frozen=True, kw_only=True):
    """One PDF. `apart` are the places in `sheets` of those whose document could not be printed with them."""

    pdf: bytes
    apart: tuple[int, ...] = ()


async def make_pages(
    sheets: Sequence[Sheet],
    *,
    size: PaperSize,
    at: datetime,
    title: str,
    cover: Callable[[Collection[int]], Cover] | None = None,
) -> Printout:
    """
    Set pages in this order, after the cover, which is told what will be `apart`. Raises PaperFailure.

    Where there are several, each begins on the front of a sheet, and counts its own pages.
    """
    with workplace() as folder:
        documents = await printable([sheet.document for sheet in sheets], folder)
        apart = tuple(
            place
            for place, (sheet, document) in enumerate(zip(sheets, documents, strict=True))
            if sheet.document is not None and document is None
        )
        data = await asyncio.to_thread(_job, sheets, documents, folder)
        data |= {"size": size, "title": title, "cover": to_builtins(cover(apart)) if cover else None}
        pdf = await set_pages(data, at, folder, foreign=any(documents))
    return Printout(pdf=pdf, apart=apart)


async def count_pages(document: LinkedDocument) -> int:
    """Return the pages that a letter is printed with for its document; none of one that is no paper."""
    with workplace() as folder:
        [made] = await printable([document], folder)
    return 0 if made is None else len(made.sizes)


async def make_joined(documents: Sequence[LinkedDocument], *, at: datetime) -> bytes:
    """Set the pages of several documents in this order. Raises PaperFailure."""
    with workplace() as folder:
        made = await printable(documents, folder)
        if None in made:
            raise PaperFailure("A document cannot be read.")
        return await set_joined(to_builtins(made), at, folder)


def _job(
    sheets: Sequence[Sheet], documents: Sequence[PrintableDocument | None], folder: Path
) -> dict[str, Any]:
    """Return what the template walks. Pictures become files: many letters share a logo."""
    pictures: dict[str, bytes] = {}
    pages = [_tree(*pair, pictures) for pair in zip(sheets, documents, strict=True)]
    for name, picture in pictures.items():
        (folder / name).write_bytes(picture)
    return {"sheets": pages}


def _tree(sheet: Sheet, document: PrintableDocument | None, pictures: dict[str, bytes]) -> dict[str, Any]:
    page = parse(sheet.html)
    return {
        "large": sheet.large,
        "poster": _POSTER in page.body.classes,
        "colors": dict(zip(_NAMES, palette(COLOR), strict=False)) | page.colors,
        "body": _plain(page.body, pictures),
        "document": to_builtins(document),
        "apart": sheet.document is not None and document is None,
    }


def _plain(node: Element | str, pictures: dict[str, bytes]) -> Any:
    if isinstance(node, str):
        return node
    made: dict[str, Any] = {
        "tag": node.tag,
        "classes": node.classes,
        "children": [_plain(child, pictures) for child in node.children],
    }
    if node.tag == "img":
        made |= {"alt": node.alt, "width": node.width, "picture": _kept(node.picture, pictures)}
    if node.tag == "a":
        made["href"] = node.href
    if node.tag == "ol":
        made["start"] = node.start
    return made


def _kept(picture: bytes, pictures: dict[str, bytes]) -> str:
    if not picture:
        return ""
    name = f"{sha256(picture).hexdigest()}.png"
    pictures[name] = picture
    return name
