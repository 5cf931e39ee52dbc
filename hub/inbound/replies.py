"""
A person's words become a row, and the row an event by which staff and the writer are told. Pure.

The id is made from the provider's own reference of the reply: whoever brings it twice brings one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.catalog import CATALOG
from hub.contact_rules.opt_out_words import Command, OptWish, command, own_words
from hub.model import (
    THREAD,
    About,
    AckDecision,
    AckOutcome,
    Complaint,
    Event,
    Inbound,
    Json,
    Move,
    Reply,
    ReplyKind,
    own_event,
)
from hub.model.ids import reply_id, thread_id
from hub.sla.acknowledge import acknowledged

NAME: Final = "inbound.message.received"
ANSWERED: Final = "sla.take_on.answered"
OF_REPLIES: Final = (NAME, ANSWERED)
"""Events whose messages go to the address that wrote, whosever it is."""
TOLD: Final = frozenset({ReplyKind.REPLY, ReplyKind.OPT_OUT, ReplyKind.OPT_IN, ReplyKind.TAKE_ON})
"""Kinds that become an event. A machine that is answered answers again; a complaint wants no answer."""
FACTS: Final = ("pqrs_id", "radicado", "copropiedad_id", "unit_id", "service_area")
"""What the event of a case says that staff needs to know of a reply to it."""

_EXCERPT: Final = 500
_CONTACTS: Final[Mapping[str, tuple[str, int]]] = {"email": ("email", 320)}
"""Channel → the field of an inline contact that its addresses go into, and how long one may be."""
_PHONE: Final = ("phone", 40)
_NAMELESS: Final = "Remitente"
_COMMANDS: Final[Mapping[OptWish, ReplyKind]] = {
    OptWish.OUT: ReplyKind.OPT_OUT,
    OptWish.BACK: ReplyKind.OPT_IN,
}


def read(reply: Reply, about: About, *, now: datetime, taking: AckDecision | None = None) -> Inbound:
    """Make the row of a reply that is about this."""
    said = None if reply.automatic or taking else _asked(reply, about)
    kind = ReplyKind.AUTOMATIC if reply.automatic else _kind(said)
    return Inbound(
        id=reply_id(reply.provider, reply.reference),
        kind=ReplyKind.TAKE_ON if taking else kind,
        # A sender's clock that runs ahead must not make an event of tomorrow, which nobody takes in.
        reply=replace(reply, at=min(reply.at, now), address=tidy_address(reply.address)),
        about=about,
        thread=thread_of(about.case, reply.address),
        revokes=said is not None and said.wish is OptWish.OUT,
        taking=taking,
    )


def _asked(reply: Reply, about: About) -> Command | None:
    """
    Read the command in what somebody wrote; a subject counts where nothing is below it.

    By mail a consent comes back only from where we had written: anybody can write any From.
    """
    said = command(reply.text if own_words(reply.text) else reply.subject)
    named = reply.channel == "email" and tidy_address(reply.address) != tidy_address(about.address)
    return None if said is not None and said.wish is OptWish.BACK and named else said


def _kind(said: Command | None) -> ReplyKind:
    return _COMMANDS[said.wish] if said is not None and said.alone else ReplyKind.REPLY


def complained(complaint: Complaint, about: About) -> Inbound:
    """Make the row of a complaint about one of our messages: whoever complains wants no more of them."""
    reference = f"complaint:{complaint.message_id}"
    reply = Reply(
        channel=complaint.channel,
        provider=complaint.provider,
        reference=reference,
        address=tidy_address(about.address),
        text="",
        subject=complaint.kind,
        at=complaint.at,
        message_id=complaint.message_id,
    )
    return Inbound(
        id=reply_id(complaint.provider, reference),
        kind=ReplyKind.COMPLAINT,
        reply=reply,
        about=about,
        thread=thread_of(about.case, reply.address),
        revokes=True,
    )


def whose(inbound: Inbound) -> str | None:
    """Answer the person who wrote; None where somebody else did, to whom our message was passed on."""
    return inbound.about.person if _own(inbound) else None


def _own(inbound: Inbound) -> bool:
    return inbound.reply.address == tidy_address(inbound.about.address)


def tidy_address(address: str) -> str:
    """Make of several spellings of one mail address the same; a number has one already."""
    return address.lower() if "@" in address else address


def thread_of(case: str | None, address: str) -> str:
    """
    Name what ties this to what was said before and is said in answer.

    A case whose first reply is promised is its own thread, so that answering the case answers the
    person. Of any other, of which many people may have heard, each writer has a thread of his own.
    """
    field, _, value = (case or "").partition(":")
    if field == THREAD:
        return value
    return case if case is not None and field in _ANSWERED else thread_id(case or "", tidy_address(address))


_ANSWERED: Final = {
    kind.case
    for kind in CATALOG
    for move in kind.clocks
    if move.clock == "first_reply" and move.move is Move.STOP
} - {THREAD}
"""The fields of cases that staff answers: `pqrs_id`."""


def events_of(inbound: Inbound) -> list[Event]:
    """Make what is told of a reply, in this order: the writer hears of what was done after it was."""
    if inbound.taking is None:
        return [event_of(inbound)]
    return [*_taken(inbound, inbound.taking), _answer(inbound, inbound.taking)]


def _taken(inbound: Inbound, taking: AckDecision) -> list[Event]:
    if taking.outcome is not AckOutcome.TAKEN or taking.clock_id is None or taking.case is None:
        return []
    place, at = taking.copropiedad_id, inbound.reply.at
    return [acknowledged(taking.clock_id, taking.case, taking.level, by=taking.by, place=place, at=at)]


def _answer(inbound: Inbound, taking: AckDecision) -> Event:
    """Make the event by which somebody hears what became of his text."""
    data = {
        "reply_id": str(inbound.id),
        THREAD: inbound.thread,
        "outcome": str(taking.outcome),
        "subjects": list(taking.subjects),
        "climbs": taking.climbs,
        "acknowledge": inbound.acknowledge,
        "sender": _sender(inbound),
        "person": whose(inbound),
        "standing": taking.standing or None,
        "clock_id": taking.clock_id and str(taking.clock_id),
        "copropiedad_id": taking.copropiedad_id,
    }
    known = {name: value for name, value in data.items() if value is not None}
    return own_event(ANSWERED, f"reply:{inbound.id}:answered", known, time=inbound.reply.at)


def event_of(inbound: Inbound) -> Event:
    """Make the event of a reply. Its id is made from the reply's: published again it is a duplicate."""
    said = {**_said(inbound), **_known(inbound)}
    return own_event(NAME, f"reply:{inbound.id}", said, time=inbound.reply.at)


def _said(inbound: Inbound) -> dict[str, Json]:
    reply = inbound.reply
    return {
        "message_id": str(inbound.id),
        THREAD: inbound.thread,
        "channel": reply.channel,
        "kind": str(inbound.kind),
        "revokes": inbound.revokes,
        "acknowledge": inbound.acknowledge,
        "received_at": reply.at.isoformat(),
        "text_ref": f"/api/replies/{inbound.id}",
        "excerpt": (reply.text.strip() or reply.subject)[:_EXCERPT],
        "sender": _sender(inbound),
    }


def _sender(inbound: Inbound) -> dict[str, Json]:
    """The writer by the address that he wrote from: whoever is known may have others, not the one used."""
    reply = inbound.reply
    field, longest = _CONTACTS.get(reply.channel, _PHONE)
    return {
        "name": (_own(inbound) and inbound.about.name) or _NAMELESS,
        field: reply.address[:longest] or "-",
    }


def _known(inbound: Inbound) -> dict[str, Json]:
    about = inbound.about
    known: dict[str, Json] = {
        "in_reply_to": about.message_id and str(about.message_id),
        # Of an answer to our thanks it is asked again whose it is: a stranger must not become the person.
        "person": whose(inbound),
        "case": about.case,
        **{name: about.facts.get(name) for name in FACTS},
    }
    return {name: value for name, value in known.items() if value is not None}
