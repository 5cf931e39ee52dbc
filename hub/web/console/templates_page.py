"""Textos: the texts of each event by audience, channel and language, and how each looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, NamedTuple
from urllib.parse import urlencode

from aiohttp import web
from msgspec import Meta, to_builtins

from hub.catalog import BY_NAME, GROUPS
from hub.model import EventType, Word
from hub.operations.gallery import TemplatePreview, TemplateRow
from hub.rendering.labels_es import CHANNELS as CHANNELS_ES
from hub.rendering.labels_es import PURPOSES, TEXTS
from hub.rendering.paper.pages import Sheet, make_pages
from hub.rendering.preview import PREVIEWED_AT
from hub.rendering.titles_es import EVENTS
from hub.rendering.titles_es import GROUPS as GROUPS_ES
from hub.web.api.templates import TextQuery, gallery, preview
from hub.web.console.list_filter import buildings_of
from hub.web.console.pages import framed, with_frame
from hub.web.console.shell import console_page
from hub.web.requests import FormQuery, unknown
from hub.web.responses import pdf_answer
from hub.web.services import services

PATH: Final = "/templates"
ONE: Final = f"{PATH}/{{event}}"
HTML: Final = f"{ONE}/html"
PDF: Final = f"{ONE}/pdf"
_PAPER: Final = frozenset({"print", "board"})
_LANGUAGES: Final = (("es", "Español"), ("en", "Inglés"))
_RULES: Final[Mapping[str, str]] = {
    "acronym": "Una sigla sin explicar",
    "alt": "Una imagen sin palabras para quien no la ve",
    "contrast": "Letras que no se distinguen del fondo",
    "length": "Demasiado largo",
    "link": "Un enlace que no dice qué abre, o no es seguro",
    "machine": "Una palabra de máquina",
    "markup": "Marcas que nadie debe ver",
    "render": "No se puede hacer con un ejemplo",
    "segments": "Demasiadas partes de SMS",
    "sentence": "Una frase demasiado larga",
    "variable": "Un dato que el aviso no tiene",
}
_CHANNELS_ES: Final = {**CHANNELS_ES, "board": "Cartelera"}


class GalleryQuery(FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    group: Annotated[Word, Meta(description="A part of the catalogue.")] = "attention"


class PreviewQuery(FormQuery, TextQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    channel: Word | None = None


async def show(request: web.Request, query: GalleryQuery) -> web.StreamResponse:
    """Show one part of the catalogue: events by audience, channel and language."""
    if query.group not in GROUPS:
        raise unknown("group")
    rows = (await gallery(request)).rows
    return console_page(
        "console/templates.html",
        request,
        here=PATH,
        tabs=[(f"{PATH}?group={name}", GROUPS_ES[name]) for name in GROUPS],
        tab=f"{PATH}?group={query.group}",
        lines=_lines([row for row in rows if row.group == query.group]),
        silent=[EVENTS.get(kind.name, kind.name) for kind in _silent(rows, query.group)],
        channels=_CHANNELS_ES,
        languages=_LANGUAGES,
        missing=[row for row in rows if row.state == "missing"],
        untranslated=sum(row.state == "untranslated" for row in rows),
        events=EVENTS,
        texts=TEXTS,
    )


class TextLine(NamedTuple):
    """A text of an event: its readers, their purpose, and its cells by channel, each with its page."""

    event: str
    audience: str | None
    readers: Mapping[str, str]
    cells: Sequence[tuple[TemplateRow, str]]


def _lines(rows: Sequence[TemplateRow]) -> list[TextLine]:
    """Return the table: a line for each text of an event."""
    lines: dict[tuple[str, str | None], list[TemplateRow]] = {}
    for row in rows:
        lines.setdefault((row.event, row.audience), []).append(row)
    return [
        TextLine(event, audience, _readers(event, audience), [(row, path_of(row)) for row in found])
        for (event, audience), found in lines.items()
    ]


def _readers(event: str, audience: str | None) -> Mapping[str, str]:
    """Return the readers of a text, as the catalogue names them, with the purpose in words."""
    readers = BY_NAME[event].readers_of(audience)
    return {", ".join(one.who): PURPOSES.get(one.purpose, one.purpose) for one in readers}


def path_of(row: TemplateRow) -> str:
    asked = {"channel": row.channel, "audience": row.audience, "language": row.language}
    return f"{PATH}/{row.event}?{urlencode({name: value for name, value in asked.items() if value})}"


def _silent(rows: Sequence[TemplateRow], group: str) -> list[EventType]:
    """Return the events of which nobody is notified."""
    spoken = {row.event for row in rows}
    return [kind for kind in GROUPS[group] if kind.name not in spoken]


async def show_one(request: web.Request, query: PreviewQuery) -> web.StreamResponse:
    """Show a text as an invented person gets it."""
    event, texts = request.match_info["event"], await gallery(request)
    rows = [row for row in texts.rows if row.event == event]
    if not rows:
        raise unknown("text")
    made = await preview(request, event, query.channel or _first(rows, query), query)
    page = console_page(
        "console/template.html",
        request,
        here=PATH,
        made=made,
        title=EVENTS.get(event, event),
        group=(rows[0].group, GROUPS_ES[rows[0].group]),
        tabs=[
            (_path(query, event, channel=row.channel), _CHANNELS_ES[row.channel])
            for row in _there(rows, query)
        ],
        tab=_path(query, event, channel=made.channel),
        here_path=f"{PATH}/{event}",
        query=query,
        channel_name=_CHANNELS_ES[made.channel],
        audiences=_audiences(rows),
        languages=_LANGUAGES,
        readers=_readers(event, query.audience),
        texts=TEXTS,
        buildings=await buildings_of(request),
        examples=[(number, f"Ejemplo {number + 1}") for number in range(len(texts.examples[event]))],
        rules=_RULES,
        html_path=f"{PATH}/{event}/html?{_query(query, channel=made.channel)}" if made.html else None,
        pdf_path=f"{PATH}/{event}/pdf?{_query(query, channel=made.channel)}" if _is_paper(made) else None,
    )
    return with_frame(page)


def _first(rows: Sequence[TemplateRow], query: TextQuery) -> str:
    there = _there(rows, query)
    return there[0].channel if there else ""


def _there(rows: Sequence[TemplateRow], query: TextQuery) -> list[TemplateRow]:
    return [
        row
        for row in rows
        if (row.audience, row.language) == (query.audience, query.language)
        and row.state in {"used", "unused"}
    ]


def _audiences(rows: Sequence[TemplateRow]) -> list[tuple[str, str]]:
    names = dict.fromkeys(row.audience for row in rows)
    return [(name or "", TEXTS[name] if name else "El texto principal") for name in names]


def _query(query: PreviewQuery, **changes: str) -> str:
    asked = {"channel": query.channel, **to_builtins(query), **changes}
    return urlencode({name: value for name, value in asked.items() if value not in (None, 0)})


def _path(query: PreviewQuery, event: str, **changes: str) -> str:
    return f"{PATH}/{event}?{_query(query, **changes)}"


def _is_paper(made: TemplatePreview) -> bool:
    return made.channel in _PAPER and bool(made.html)


async def show_html(request: web.Request, query: PreviewQuery) -> web.StreamResponse:
    """Send the HTML of a text alone, for the frame of its page."""
    made = await preview(request, request.match_info["event"], query.channel or "email", query)
    return framed(made.html)


async def show_pdf(request: web.Request, query: PreviewQuery) -> web.StreamResponse:
    """Send a letter or a poster as it is printed."""
    event, channel = request.match_info["event"], query.channel or "print"
    made = await preview(request, event, channel, query)
    if not _is_paper(made):
        raise unknown("page")
    size = services(request).policy.paper.size
    printed = await make_pages([Sheet(html=made.html)], size=size, at=PREVIEWED_AT, title=made.subject)
    return pdf_answer(printed.pdf, f"{event}.pdf")
