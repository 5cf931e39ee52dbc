"""Dead letters as rows, with the filters of their list and the results of their acts."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from hub.desk.dead_letters.mending import PayloadLine
from hub.doors.cells import LINK, MOMENT, SMALL, STATE, Cell, Option
from hub.errors import InvalidEvent
from hub.model import DeadLetter, Instant, Word
from hub.model.pages import PageQuery
from hub.operations.bulk.plan import MOST
from hub.rendering.labels_es import DEAD_REASONS, DEAD_STATES
from hub.rendering.schema_form import FormField, Part, flat
from hub.rendering.titles_es import EVENTS, event_title

DeadState = Literal["open", "replayed", "discarded"]
_BODY_SHOWN: Final = 64 * 1024


def title_of(event_type: str | None) -> str:
    """Return the subject of a letter, in Spanish."""
    return event_title(event_type or "") or "Sin tipo"


def why_of(reason: str) -> str:
    """Return the label of a reason; the exact words stand beside it."""
    return next((label for part, label in DEAD_REASONS if part in reason), "No se pudo recibir")


def _title(row: DeadRow) -> str:
    return title_of(row.event_type)


class DeadLetterFacts(Struct, kw_only=True):
    id: UUID
    received_at: Annotated[Instant, Cell("Llegó", MOMENT)]
    event_type: Annotated[str | None, Cell("Aviso", LINK, value=_title)]
    reason: Annotated[str, Cell("Motivo exacto", SMALL)]
    field: Annotated[str | None, Cell("Campo")]
    sender: Annotated[
        Annotated[
            str | None,
            Meta(
                description="The RabbitMQ user, as the broker has validated; or `http:` and the caller.",
            ),
        ],
        Cell("De"),
    ]
    wrong_sender: Annotated[bool, Meta(description="Whether it was refused for who sent it.")]
    times: Annotated[Annotated[int, Meta(description="How often these bytes have come.")], Cell("Veces")]

    @property
    def why(self) -> Annotated[str, Cell("Motivo")]:
        return why_of(self.reason)


class DeadRow(DeadLetterFacts, kw_only=True):
    state: Annotated[DeadState, Cell("Estado", STATE, words=DEAD_STATES)]


class DeadWhole(DeadLetterFacts, kw_only=True):
    """
    A dead letter as received. `body` is the start as text, or `body_base64` if it is not UTF-8.

    Headers and body may hold people's data: `masked`, they are left out.
    """

    state: DeadState
    event_id: str | None
    source: str | None
    routing_key: str
    content_type: str | None
    headers: dict[str, Any]
    size: Annotated[int, Meta(description="Of the whole body, in bytes.")]
    masked: Annotated[bool, Meta(description="Whether headers and body are left out.")]
    body: str | UnsetType = UNSET
    body_base64: str | UnsetType = UNSET

    @classmethod
    def of(cls, letter: DeadLetter, *, masked: bool) -> DeadWhole:
        """Show a letter with the start of its body; `masked`, without fields that may hold people's data."""
        facts = {one.name: getattr(letter, one.name) for one in fields(letter) if one.name != "body"}
        held: Mapping[str, object] = {"headers": {}} if masked else _body(letter.body[:_BODY_SHOWN])
        return msgspec.convert({**facts, "size": len(letter.body), "masked": masked, **held}, cls)


class DeadView(Struct, kw_only=True):
    """A dead letter as its page shows it: `lines` mark the mistakes in the payload."""

    letter: DeadWhole
    lines: list[PayloadLine]
    can_mend: bool
    too_long: bool
    parts: Sequence[Part]
    """The fields of its form; none where only its words can be mended."""
    wrong: InvalidEvent | None
    """The reason why the words that were typed on the page cannot be taken in either."""
    late: bool = False
    """Whether somebody has settled it meanwhile."""

    @property
    def why(self) -> str:
        """What is wrong with the words that were typed."""
        return why_of(str(self.wrong))

    @property
    def faulty(self) -> list[FormField]:
        return [one for one in flat(self.parts) if one.wrong]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def title(self) -> str:
        return title_of(self.letter.event_type)


class Settled(Struct, kw_only=True, frozen=True):
    """`changed` is false if the letter was settled before, or has failed again already."""

    id: UUID
    state: Literal["replayed", "discarded"]
    changed: bool


class DeadQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: DeadState | None = None
    reason: Annotated[
        Annotated[Word, Meta(description="Words that the reason contains.")] | None,
        Option("El motivo contiene"),
    ] = None
    event: Annotated[
        Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None,
        Option("Aviso", among=EVENTS),
    ] = None


class OpenQuery(DeadQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The query of the page: without a state it finds the letters that wait for somebody."""

    state: Annotated[
        Annotated[DeadState, Meta(description="Which ones.")], Option("Estado", among=DEAD_STATES)
    ] = "open"

    @property
    def of_all(self) -> str:
        """Return the query of a bulk action on the letters that the list shows."""
        asked = {"reason": self.reason, "event": self.event}
        return urlencode({name: value for name, value in asked.items() if value})


class SettleBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The open dead letters to settle, the oldest first; all of them without a reason or an event."""

    reason: Annotated[Word, Meta(description="Words that the reason contains.")] | None = None
    event: Annotated[Word, Meta(description="The event's name: `pqrs.received`.")] | None = None
    why: Annotated[Word, Meta(description="Why, without names of people: colleagues read it later.")] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST, description="How many at most.")] = 100


def _body(start: bytes) -> Mapping[str, str]:
    try:
        return {"body": _whole_characters(start)}
    except UnicodeDecodeError:
        return {"body_base64": base64.b64encode(start).decode()}


def _whole_characters(start: bytes) -> str:
    try:
        return start.decode()
    except UnicodeDecodeError as error:
        # The cut may split a character; any other error is in the bytes themselves.
        if len(start) < _BODY_SHOWN or error.start < len(start) - 3:
            raise
        return start[: error.start].decode()
