"""Replies in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, TypeVar
from uuid import UUID

from asyncpg import Record
from msgspec import Struct
from msgspec.structs import replace

from hub.contact_rules.consents import came_back, refused_together
from hub.contact_rules.purposes import REVOCABLE
from hub.inbound import emergency_replies
from hub.inbound.replies import FACTS, OF_REPLIES, PUBLISHED_KINDS, refusing, whose
from hub.model import About, Escalation, Inbound, Json, PropertyScope, Reply, ReplyKind, type_of
from hub.model.casework import FILED
from hub.model.pages import PageQuery, Rows
from hub.model.reply_rows import ReplyRow, ReplyWhole
from hub.people.masking import mask_address, mask_name, mask_reference
from hub.policy.clocks import CALLS, ESCALATES
from hub.ports.cases import Plain, ReplyFilter, nowhere_plain
from hub.storage import clocks, consents, given_files
from hub.storage.casework import ANSWERS, reply_conditions
from hub.storage.database import Runner, Store, Transaction, encode, load, read, row_of, storable
from hub.storage.filters import listed
from hub.storage.paging import rows_of

_SQL = load("replies")
_BY_REFERENCE = load("receipts")["by_reference"]
RECENT: Final = timedelta(days=30)
"""The maximal age of the message that a text from a number is taken to answer."""
EMERGENCY: Final = timedelta(hours=6)
"""The time in which a text from a number answers an emergency, also when other messages came after it."""
QUIET: Final = timedelta(hours=24)
"""The time in which the same writer gets no second acknowledgement for the same."""
MOST_THANKS: Final = 5
"""Acknowledgements per thread within QUIET, for all writers together."""


async def mark_published(run: Runner, reply_id: UUID) -> None:
    await run.rows(_SQL["mark_published"], reply_id)


class PostgresReplies(Store):
    """The ReplyStore."""

    mark_published = mark_published

    async def about(self, reply: Reply) -> About:
        message_id = reply.message_id
        if message_id is None and reply.in_reply_to is not None:
            message_id = await self._found(_BY_REFERENCE, storable(reply.in_reply_to), reply.provider)
        if message_id is None and reply.address.startswith("+"):
            number = storable(reply.address)
            message_id = await self._found(_SQL["by_number"], number, RECENT, EMERGENCY)
        return About() if message_id is None else await self.about_message(message_id)

    async def about_message(self, message_id: UUID) -> About:
        rows = await self.rows(_SQL["about"], message_id, list(OF_REPLIES), type_of(FILED))
        return _about(rows[0], rows[0]["address"]) if rows else About()

    async def escalations(self, number: str) -> Sequence[Escalation]:
        names = sorted({*ESCALATES.values(), *CALLS.values()})
        rows = await self.rows(_SQL["escalations"], storable(number), RECENT, names, sorted(CALLS))
        ids = {UUID(row["clock_id"]) for row in rows}
        known = {str(clock.id): clock for clock in await clocks.by_id(self, ids)}
        return [
            read(Escalation, row, clock=known[row["clock_id"]]) for row in rows if row["clock_id"] in known
        ]

    async def add(self, inbound: Inbound) -> Inbound:
        async with self._database.transaction() as transaction:
            await transaction.rows(_SQL["one_writer"], _text(inbound.reply.address))
            limits = QUIET, MOST_THANKS, emergency_replies.is_call(inbound), REVOCABLE
            if await transaction.rows(_SQL["add"], *_row(inbound), *limits):
                await _apply_revocation(transaction, inbound)
                await given_files.keep(
                    transaction, inbound.id, inbound.reply.files, person=inbound.about.person
                )
            rows = await transaction.rows(_SQL["show"], inbound.id)
        return inbound_of(rows[0])

    async def _found(self, statement: str, *arguments: object) -> UUID | None:
        rows = await self.rows(statement, *arguments)
        return rows[0]["message_id"] if rows else None


async def unpublished(run: Runner, limit: int) -> Sequence[Inbound]:
    return [inbound_of(row) for row in await run.rows(_SQL["unpublished"], limit)]


def inbound_of(row: Record) -> Inbound:
    """Read a row of `reply` with the message that it answers."""
    return read(
        Inbound,
        row,
        reply=read(Reply, row, automatic=row["kind"] == ReplyKind.AUTOMATIC),
        about=_about(row, row["message_address"]),
        published=row["published_at"] is not None,
    )


_PLACES: Final = ("copropiedad_id", "unit_id")


class _Answered(Struct, frozen=True, kw_only=True):
    """The message that a reply answers, with its event; of a reply that answers none of ours all is None."""

    name: str | None
    case_key: str | None
    event: str | None
    audience: int | None
    purpose: str | None
    variant: str | None
    units: tuple[str, ...] | None
    phone: str | None
    data: dict[str, Json] | None
    copropiedad_id: str | None
    unit_id: str | None


def _about(row: Record, address: str | None) -> About:
    of = read(_Answered, row)
    data = of.data or {}
    known = {"name": of.name or "", "address": address or "", "case": of.case_key}
    known["language"] = row.get("language") or ""
    places = {name: ref for name in _PLACES if (ref := getattr(of, name)) is not None}
    facts = {name: data[name] for name in FACTS if data.get(name) is not None} | places
    if of.event is None or not emergency_replies.is_of_emergency(of.event, of.purpose or "", data):
        return read(About, row, **known, facts=facts, units=(), phone="")
    return read(
        About,
        row,
        **known,
        facts=facts | emergency_replies.facts_of(of.event, data, of.variant),
        emergency=True,
        to_staff=emergency_replies.is_to_staff(of.event, of.audience or 0),
        units=of.units or (),
        phone=of.phone or "",
    )


def _row(inbound: Inbound) -> tuple[object, ...]:
    reply, about = inbound.reply, inbound.about
    return (
        *(
            inbound.id,
            about.message_id,
            reply.at,
            inbound.revokes,
            inbound.kind in PUBLISHED_KINDS,
            inbound.kind,
        ),
        *row_of(reply, ("channel", "provider", "reference", "address")),
        *(inbound.thread, about.person, about.case),
        *row_of(reply, ("subject", "text")),
        None if inbound.taking is None else encode(inbound.taking),
    )


def _text(text: str) -> str:
    return storable(text) or ""


async def _apply_revocation(transaction: Transaction, inbound: Inbound) -> None:
    """Revoke a consent, or give it back, as a new reply asks."""
    address, person = _text(inbound.reply.address), whose(inbound)
    if inbound.revokes and address:
        await _refuse(transaction, inbound, address)
    if inbound.kind is ReplyKind.OPT_IN:
        await transaction.rows(_SQL["give_back"], address, person, "reply")
        if person is not None:
            (row,) = await transaction.rows(_SQL["now"])
            await consents.add(transaction, came_back(person, inbound.id, row["now"]))


async def _refuse(transaction: Transaction, inbound: Inbound, address: str) -> None:
    having = [row["id"] for row in await transaction.rows(_SQL["having"], address.lower())]
    person, others = refusing(inbound, having)
    reason = "complaint" if inbound.kind is ReplyKind.COMPLAINT else "opted_out"
    await transaction.rows(_SQL["revoke"], address, inbound.id, person, reason, REVOCABLE)
    await transaction.rows(_SQL["written_by"], inbound.id, person)
    await consents.wake(transaction, [(person, purpose, ()) for purpose in REVOCABLE if person])
    (row,) = await transaction.rows(_SQL["now"])
    said = [one for other in others for one in refused_together(other, inbound.id, row["now"])]
    await consents.add(transaction, said)


Row = TypeVar("Row", bound=ReplyRow)
_FIRST_FREE = 6
"""The first parameter of a list that its statement does not use itself."""


class PostgresContacts(Store):
    """
    Lists are newest first. Addresses are masked; names are, but for replies of places that are `plain`.

    A reply belongs to the copropiedad of the message that it answers. With `places`, rows of other
    copropiedades or of none are left out.
    """

    async def replies(
        self, asked: ReplyFilter, *, after: str | None, limit: int, plain: Plain = nowhere_plain
    ) -> Rows[ReplyRow]:
        """List replies with staff's work on them, without their text."""
        conditions, more = reply_conditions(asked, _FIRST_FREE)
        statement = _SQL["replies"].format(narrowed=conditions)
        query, given = PageQuery(after=after, limit=limit), (listed(asked.places), ANSWERS, *more)
        found = await rows_of(ReplyRow, self, statement, query, *given, by="received_at")
        return replace(found, items=[_masked(row, plain) for row in found.items])

    async def reply(
        self, reply_id: UUID, places: PropertyScope = None, *, plain: Plain = nowhere_plain
    ) -> ReplyWhole | None:
        """Return a reply with its text."""
        rows = await self.rows(_SQL["reply"], reply_id, listed(places), ANSWERS)
        if not rows:
            return None
        files = (await given_files.named(self, [reply_id])).get(reply_id, [])
        whole = read(ReplyWhole, rows[0], files=list(files))
        return replace(_masked(whole, plain), reference=mask_reference(whole.reference))


def _masked(row: Row, plain: Plain) -> Row:
    name = row.name and (row.name if plain(row.copropiedad) else mask_name(row.name))
    return replace(row, address=mask_address(row.address), name=name)
