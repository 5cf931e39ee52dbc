"""The page of messages: newest first, narrowed by a form, or as a sheet; failures by their causes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from aiohttp import web

from hub.model import Purpose, State, within
from hub.model.message_lists import MessageList
from hub.model.message_rows import MessageRow
from hub.model.pages import Cursor, Limit
from hub.model.state_machine import LOST, UNSENT
from hub.operations.causes import CauseList, read_causes
from hub.operations.explain.sentences_es import short_time
from hub.rendering import labels_es
from hub.rendering.figures_es import whole
from hub.rendering.outcomes_es import REASONS, STATES, in_words, reason_in_words
from hub.rendering.titles_es import EVENTS
from hub.storage.filters import narrowed
from hub.web.auth.caller import places_of
from hub.web.console.list_filter import ListFilter, address, asked_of, buildings_of, window_words
from hub.web.console.named import Person, recipients_of
from hub.web.console.shell import console_page, paged, sheet_of, sheet_of_rows
from hub.web.requests import FormQuery, Sheet
from hub.web.services import services

PATH: Final = "/messages"
BULK: Final = ("/bulk", "Acciones masivas")
"""The tab beside the lists of messages: what is done to many of them at once."""
LETTERS: Final = "/letters"
MANY: Final = 10_000
"""Counts of ended rows stop here: see `PostgresLog.counts`."""
_GROUPED: Final = frozenset({MessageList.LOST, MessageList.HELD})
_LISTS: Final = (
    (None, "Todos"),
    *((name, labels_es.MESSAGE_LISTS[name]) for name in (MessageList.LOST, MessageList.HELD)),
)


class MessageListQuery(ListFilter, FormQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: State | None = None
    purpose: Purpose | None = None
    after: Cursor | None = None
    limit: Limit = 50
    format: Sheet | None = None


class Figure(NamedTuple):
    """The number of messages in a state, and the path of their list."""

    number: str
    href: str
    state: str


async def show(request: web.Request, query: MessageListQuery) -> web.StreamResponse:
    """List messages, newest first."""
    asked = narrowed(asked_of(query), places_of(request))
    found = await services(request).log.messages(asked, after=query.after, limit=query.limit)
    rows = [in_words(MessageRow, row) for row in found.items]
    people = await recipients_of(request, [row.id for row in rows])
    if query.format is not None:
        return sheet_of_rows("mensajes", _sheet(people), rows)
    return console_page(
        "console/messages.html",
        request,
        here=PATH,
        rows=rows,
        people=people,
        query=query,
        window=window_words(query),
        reasons=_reasons(query.reason),
        events=EVENTS,
        buildings=await buildings_of(request),
        figures=await _figures(request, query),
        causes=await _causes(request, query),
        lists=lists_of(query),
        list_here=address(PATH, query, state=None),
        bulk=_bulk(query),
        cause_path=lambda path, cause: address(path, query, reason=cause.reason, channel=cause.channel),
        sheet=sheet_of(request),
        **paged(request, query.after, found.next),
    )


def _sheet(people: Mapping[UUID, Person]) -> Mapping[str, Callable[[MessageRow], object]]:
    """Return title of a column of the sheet → what makes its cell of a row."""
    nobody = Person(name="", unit="")
    return {
        "Cuándo": lambda row: short_time(row.created_at),
        "Aviso": lambda row: EVENTS.get(row.event, row.event),
        "Persona": lambda row: people.get(row.id, nobody).name,
        "Unidad": lambda row: people.get(row.id, nobody).unit,
        "Copropiedad": lambda row: people.get(row.id, nobody).building,
        "Referencia": lambda row: row.person,
        "Canal": lambda row: labels_es.CHANNELS.get(row.channel, row.channel),
        "Estado": lambda row: labels_es.state_label(row.state, row.reason, row.channel, row.letter),
        "Motivo": lambda row: row.reason,
        "Qué significa": lambda row: row.means,
        "Qué hacer": lambda row: row.to_do,
        "Sale": lambda row: row.next_at and short_time(row.next_at),
    }


def lists_of(query: MessageListQuery | None) -> Sequence[tuple[str, str]]:
    """Return the tabs of deliveries, each with its address; the filters of the list stay."""
    return [*((address(PATH, query, only=name, state=None), label) for name, label in _LISTS), BULK]


async def _figures(request: web.Request, query: MessageListQuery) -> Sequence[Figure]:
    """Count by state: all messages of the chosen copropiedad, for any other filter."""
    counts = (await services(request).log.counts(within(places_of(request), query.copropiedad)))["messages"]
    here = query.copropiedad
    chosen = {"copropiedad": here} if here else {}
    found = [
        Figure(whole(counts[state], MANY), address(PATH, None, state=state, **chosen), state)
        for state in STATES
        if counts.get(state)
    ]
    if letters := counts.get("letter"):
        path = address(LETTERS, None, **chosen)
        found.append(Figure(whole(letters, MANY), path, "letter"))
    return found


async def _causes(request: web.Request, query: MessageListQuery) -> CauseList | None:
    """Group failed or waiting messages by reason: only the first page of such a list shows it."""
    grouped = query.only in _GROUPED or query.state in LOST or query.state == "held"
    if not grouped or query.after:
        return None
    return await read_causes(services(request).log, narrowed(asked_of(query), places_of(request)))


def _reasons(chosen: str | None) -> Sequence[tuple[str, str]]:
    """Return the reasons to choose from by their meaning; a provider's code only if it is chosen."""
    known = {code: words for code, words in REASONS.items() if code != chosen}
    named = {} if chosen is None else {chosen: reason_in_words(chosen) or chosen}
    return sorted({**known, **named}.items(), key=lambda reason: reason[1])


def _bulk(query: MessageListQuery) -> Sequence[tuple[str, str]]:
    """Return the bulk actions that fit the list: path and label."""
    if query.only == "lost" or query.state in LOST:
        return [(address("/bulk/resend", query), "Planear el reenvío de estos")]
    if query.only == "held" or query.state in UNSENT:
        return [(address("/bulk/cancel", query), "Planear la cancelación de estos")]
    return []
