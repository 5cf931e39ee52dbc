"""Communications that have left: who was reached and who was not, and another channel for these."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from msgspec.structs import asdict

from hub.desk.communications.acts import row_of
from hub.desk.communications.asking import may_release, needs_release
from hub.desk.communications.rows import (
    CommunicationElsewhere,
    CommunicationPeople,
    CommunicationPeopleQuery,
    CommunicationPerson,
    ElsewhereBody,
)
from hub.doors.act import Question, Sheet
from hub.doors.cells import written
from hub.doors.operator import Operator
from hub.errors import ApproverNeeded, OtherState, UnknownName
from hub.messages.planning.texts import text_channels
from hub.model import Audience
from hub.model.communications import Communication
from hub.operations.communications.elsewhere import ALLOWED, Elsewhere, left_for, plan_elsewhere
from hub.operations.communications.kinds import kind_of
from hub.operations.communications.progress import progress_of
from hub.people.masking import mask_name
from hub.rendering.figures_es import many
from hub.rendering.filters import pesos
from hub.rendering.labels_es import CHANNELS
from hub.rendering.outcomes_es import described
from hub.rendering.spreadsheet import sheet
from hub.rendering.templates import DEFAULT_LOCALE
from hub.storage.communication_progress import Fate, PersonFate, people
from hub.storage.database import read

_LOST: Final[Fate] = "lost"
_ONCE: Final = "Nadie la recibe dos veces."
_ONLY: Final = "Por los canales que llegan a más personas solo la manda quien puede aprobarla."
_MOST: Final = 50_000
"""Rows of a sheet."""


async def list_reached(
    by: Operator, communication: UUID, query: CommunicationPeopleQuery
) -> CommunicationPeople:
    """List the people of a communication, with what became of the message that has come farthest."""
    row = await row_of(by, communication)
    await by.audit_look("communication.people", f"communication:{row.id}")
    rows = await _people(by, row, query.fate, query.after, query.limit + 1)
    page = rows[: query.limit]
    return CommunicationPeople(items=page, next=page[-1].person if len(rows) > query.limit else None)


async def sheet_of_lost(by: Operator, communication: UUID) -> Sheet:
    """Make a sheet of the people who were not reached, with the reason of each."""
    row = await row_of(by, communication)
    await by.audit("communication.people", f"communication:{row.id}")
    rows = await _people(by, row, _LOST, "", _MOST)
    return Sheet(sheet(*written(CommunicationPerson, rows)), "no-les-llego.csv")


async def ask_elsewhere(by: Operator, communication: UUID) -> Question:
    """Ask by which other channel a communication goes to those who were not reached."""
    row = await row_of(by, communication)
    progress = await progress_of(by.stores.communications, row, 0)
    ask = partial(
        Question,
        title=f"¿Mandar «{row.title}» por otro canal?",
        facts={"No les llegó, o no lo han abierto": progress.lost + progress.unread if progress else 0},
    )
    left, may = await left_for(row, _deps(by)), await may_release(by, row)
    few = {name: n for name, n in left.items() if may or not needs_release(by, row, n)}
    options = [(name, _option(by, name, n)) for name, n in few.items()]
    only = _ONLY if len(options) < len(left) else ""
    if not options:
        return ask(follows=only or "Ningún otro canal tiene un texto para esta comunicación.")
    return ask(
        follows=f"Va a quienes no les ha llegado por ninguno, si tienen ese dato. {_ONCE} {only}",
        press="Sí, mandarla",
        fields=[{"name": "channel", "label": "Canal", "kind": "select", "options": options}],
    )


async def send_elsewhere(by: Operator, communication: UUID, body: ElsewhereBody) -> CommunicationElsewhere:
    """
    Send a communication by another channel to those who were not reached. Safe to repeat: twice is once.

    Above the people of `[review]` only who may release it does it. Raises UnknownName for a channel that has
    no text for it, ApproverNeeded, OtherState.
    """
    row, deps = await row_of(by, communication), _deps(by)
    if row.state not in ALLOWED:
        raise OtherState(f"It is {row.state.value}: nothing more of it can leave.")
    if body.channel not in (left := await left_for(row, deps)):
        raise UnknownName(f"there is no text of it for {body.channel!r}; channels: {', '.join(left)}")
    barred = needs_release(by, row, left[body.channel]) and not await may_release(by, row)
    noted = {"refused": ApproverNeeded.word} if barred else {}
    await by.audit("communication.elsewhere", f"communication:{row.id}", channel=body.channel, **noted)
    if barred:
        raise ApproverNeeded
    done = await plan_elsewhere(row, body.channel, deps)
    return CommunicationElsewhere(
        id=row.id, channel=body.channel, people=done.people, skipped=dict(done.skipped), more=done.more
    )


def _option(by: Operator, channel: str, people: int) -> str:
    """Return a channel with the people whom it would go to, and its price: an SMS may have several parts."""
    price = pesos(people * by.stores.policy.prices.of(channel))
    each = " por cada parte" if channel == "sms" else ""
    return f"{CHANNELS.get(channel, channel)}: {many(people, 'persona', 'personas')}, {price}{each}"


async def _people(
    by: Operator, row: Communication, fate: Fate | None, after: str, limit: int
) -> list[CommunicationPerson]:
    if row.plan is None:
        return []
    keys, audiences = await by.stores.communications.keys(row.plan), kind_of(row.kind).audiences
    rows = await people(by.stores.communications, keys, audiences, fate=fate, after=after, limit=limit)
    return [_shown(by, one) for one in rows]


def _shown(by: Operator, one: PersonFate) -> CommunicationPerson:
    name = one.name if by.sight.names(one.place) else mask_name(one.name)
    means = described(one.state, one.reason).means
    return read(CommunicationPerson, asdict(one), name=name, units=one.units or [], means=means)


def _deps(by: Operator) -> Elsewhere:
    company, channels = by.stores.company, by.stores.traits()

    def has_text(event: str, audience: Audience, channel: str) -> bool:
        """A text of its own, or the one that leads to the page of the message."""
        own = company.templates.channels((DEFAULT_LOCALE, event, audience.template))
        led = text_channels(event, audience, channels, by.stores.policy)
        return channel in own or (company.resident_links.usable and channel in led)

    return Elsewhere(
        database=by.db,
        store=by.stores.communications,
        publisher=by.stores.publisher,
        channels=channels,
        has_text=has_text,
        now=by.stores.now,
    )
