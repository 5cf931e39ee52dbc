"""
Stored pages as one PDF: letters, posters, the cover sheet of a batch.

A stored page stays what was said: its words are set from its HTML, so that an old letter and a company's own
layout become a PDF as well. `pages.typ` knows these classes; of any other the children are shown:

* a letter: `membrete` (`logo`, `empresa`, `sede`, `contacto`), `fecha`, `destino`, `asunto`, `cuerpo`,
  `cierre` (`firma`, `rubrica`), `recibido`, `datos` (a table of facts), `boton`;
* a poster, `<body class="cartel">`: `membrete` (`logo`, `empresa`, `sede`), `cartel-titulo`, `cartel-cuerpo`
  (what the block makes), `qr` (an `img` with a PNG, and a sentence), `vigencia`, `contacto`.

`<meta name="marca" content="#rrggbb">`, `sobre-marca` and `tinta` are the colours of who writes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct, to_builtins

from hub.model.documents import LinkedDocument
from hub.model.paper import PaperSize
from hub.rendering.contrast import palette
from hub.rendering.identities import COLOR
from hub.rendering.paper.markup import Element, parse
from hub.rendering.paper.pdf import set_pages

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
    """A line of the cover's table: the unit, who gets it, and what it is."""

    where: str
    name: str
    what: str
    note: str = ""


class Cover(Struct, frozen=True, kw_only=True):
    """The first sheet, for who hands the letters out. `missing` are those that staff must print itself."""

    title: str
    place: str
    made: str
    lines: tuple[CoverLine, ...]
    missing: tuple[CoverLine, ...] = ()


class Printout(Struct, frozen=True, kw_only=True):
    """One PDF. `apart` are the places in `sheets` of those whose document could not be printed with them."""

    pdf: bytes
    apart: tuple[int, ...] = ()


async def make_pages(
    sheets: Sequence[Sheet], *, size: PaperSize, at: datetime, title: str, cover: Cover | None = None
) -> Printout:
    """
    Set pages in this order, after the cover. Raises PaperFailure.

    Where there are several, each begins on the front of a sheet, and counts its own pages.
    """
    files: dict[str, bytes] = {}
    trees = await asyncio.to_thread(lambda: [_tree(sheet, files) for sheet in sheets])
    data = {"size": size, "title": title, "cover": cover, "sheets": trees}
    pdf = await set_pages(to_builtins(data), files, at)
    return Printout(pdf=pdf)


def _tree(sheet: Sheet, files: dict[str, bytes]) -> dict[str, Any]:
    """Return what the template walks. Pictures become files: many letters share a logo."""
    page = parse(sheet.html)
    colors = dict(zip(_NAMES, palette(COLOR), strict=False)) | page.colors
    return {
        "large": sheet.large,
        "poster": _POSTER in page.body.classes,
        "colors": colors,
        "body": _plain(page.body, files),
    }


def _plain(node: Element | str, files: dict[str, bytes]) -> Any:
    if isinstance(node, str):
        return node
    made: dict[str, Any] = {
        "tag": node.tag,
        "classes": node.classes,
        "children": [_plain(child, files) for child in node.children],
    }
    if node.tag == "img":
        made |= {"alt": node.alt, "width": node.width, "picture": _kept(node.picture, files)}
    if node.tag == "a":
        made["href"] = node.href
    if node.tag == "ol":
        made["start"] = node.start
    return made


def _kept(picture: bytes, files: dict[str, bytes]) -> str:
    if not picture:
        return ""
    name = f"{sha256(picture).hexdigest()}.png"
    files[name] = picture
    return name
