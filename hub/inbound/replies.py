"""
A person's reply → a row → the events that notify staff and the writer. Pure.

The id is derived from the provider's reference of the reply, so a repeated delivery makes no second row.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from hub.catalog import CATALOG
from hub.contact_rules.opt_out_words import Command, OptWish, command, own_words
from hub.inbound import emergency_replies
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
from hub.model.casework import WRITTEN
from hub.model.ids import reply_id, thread_id
from hub.sla.acknowledge import acknowledged

NAME: Final = "inbound.message.received"
ANSWERED: Final = "sla.take_on.answered"
OF_REPLIES: Final = (NAME, ANSWERED, emergency_replies.NAME, WRITTEN)
"""Events whose messages go to the address that wrote, even if it belongs to somebody else."""
PUBLISHED_KINDS: Final = frozenset(
    {ReplyKind.REPLY, ReplyKind.OPT_OUT, ReplyKind.OPT_IN, ReplyKind.UNPROVEN, ReplyKind.ACKNOWLEDGE}
)
"""Kinds that become an event. Answering a machine makes a loop; a complaint wants no answer."""
FACTS: Final = ("pqrs_id", "radicado", "copropiedad_id", "unit_id", "service_area")
"""Fields of the case's event that staff need with a reply."""

_EXCERPT: Final = 500
_CONTACTS: Final[Mapping[str, tuple[str, int]]] = {"email": ("email", 320)}
"""Channel → the field of an inline contact for its addresses, and their greatest length."""
_PHONE: Final = ("phone", 40)
_NAMELESS: Final = "Remitente"
_COMMANDS: Final = {OptWish.OUT: ReplyKind.OPT_OUT, OptWish.BACK: ReplyKind.OPT_IN}


def read(reply: Reply, about: About, *, now: datetime, decision: AckDecision | None = None) -> Inbound:
    """Make the row of a reply about `about`."""
    opt = None if reply.automatic or decision else opt_command(reply)
    kind = ReplyKind.AUTOMATIC if reply.automatic else _kind(opt, reply, about)
    return Inbound(
        id=reply_id(reply.provider, reply.reference),
        kind=ReplyKind.ACKNOWLEDGE if decision else kind,
        # A sender's fast clock must not make an event in the future, which intake refuses.
        reply=replace(reply, at=min(reply.at, now), address=tidy_address(reply.address)),
        about=about,
        thread=thread_of(about.case, reply.address),
        revokes=opt is not None and opt.wish is OptWish.OUT and _counts(opt, reply, about),
        taking=decision,
    )


def opt_command(reply: Reply) -> Command | None:
    """Read an opt-out or opt-in command from the text, or from the subject of an empty mail."""
    return command(reply.text if own_words(reply.text) else reply.subject)


def _kind(opt: Command | None, reply: Reply, about: About) -> ReplyKind:
    if opt is None or not opt.alone:
        return ReplyKind.REPLY
    if _counts(opt, reply, about):
        return _COMMANDS[opt.wish]
    # Only the known address can opt in: another one is asked for nothing.
    return ReplyKind.UNPROVEN if opt.wish is OptWish.OUT or _is_own(reply, about) else ReplyKind.REPLY


def _counts(opt: Command, reply: Reply, about: About) -> bool:
    """
    Return whether a command is from the one for whom it counts.

    Anybody can forge the From of a mail, and anybody with a forwarded mail can answer it. That is enough to
    opt out the address to which that mail was sent: it loses nothing but advertising. Another address must
    have signed the mail. To opt in, the known address must have signed it, or must answer our question.
    """
    if reply.channel != "email":
        return True
    own = _is_own(reply, about)
    if opt.wish is OptWish.OUT:
        return reply.authentic or own
    return own and (reply.authentic or about.asked == _COMMANDS[opt.wish])


def _is_own(reply: Reply, about: About) -> bool:
    return tidy_address(reply.address) == tidy_address(about.address)


def complained(complaint: Complaint, about: About) -> Inbound:
    """Make the row of a complaint about one of our messages; it revokes consent."""
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
    """Return the person who wrote; None when somebody else answered a forwarded message."""
    return inbound.about.person if _is_by_recipient(inbound) else None


def refusing(inbound: Inbound, having: Collection[str]) -> tuple[str | None, Sequence[str]]:
    """
    Return the person who has written BAJA, and others who may have; `having` are all who have the address.

    A reply that names our message is its recipient's. The newest message to a number may be somebody else's
    of those who share it, and nobody knows who wrote: then it counts for each of them.
    """
    person, reply = whose(inbound), inbound.reply
    if person is not None and (reply.message_id or reply.in_reply_to):
        return person, ()
    if person is None and len(having) == 1:
        [person] = having
    return person, sorted({*having} - {person})


def _is_by_recipient(inbound: Inbound) -> bool:
    return _is_own(inbound.reply, inbound.about)


def tidy_address(address: str) -> str:
    """Normalize a mail address to lower case; a number is normalized already."""
    return address.lower() if "@" in address else address


def thread_of(case: str | None, address: str) -> str:
    """
    Return the id that links a reply to earlier and later messages.

    A case with a promised first reply is its own thread, so that answering the case answers the
    person. For any other case, which may have many recipients, each writer has a separate thread.
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
"""The fields of cases that staff answer: `pqrs_id`."""


def events_of(inbound: Inbound) -> list[Event]:
    """Make the events of a reply in order: first the acknowledgement, then the answer to the writer."""
    if inbound.taking is None:
        return [event_of(inbound)]
    return [*_acknowledgement(inbound, inbound.taking), _answer(inbound, inbound.taking)]


def _acknowledgement(inbound: Inbound, decision: AckDecision) -> list[Event]:
    if decision.outcome is not AckOutcome.TAKEN or decision.clock_id is None or decision.case is None:
        return []
    place, at = decision.copropiedad_id, inbound.reply.at
    return [
        acknowledged(decision.clock_id, decision.case, decision.level, by=decision.by, place=place, at=at)
    ]


def _answer(inbound: Inbound, decision: AckDecision) -> Event:
    """Make the event that notifies the writer of the result of an acknowledgement."""
    data = {
        "reply_id": str(inbound.id),
        THREAD: inbound.thread,
        "outcome": str(decision.outcome),
        "subjects": list(decision.subjects),
        "climbs": decision.climbs,
        "acknowledge": inbound.acknowledge,
        "sender": _sender(inbound),
        "person": whose(inbound),
        "standing": decision.standing or None,
        "clock_id": decision.clock_id and str(decision.clock_id),
        "copropiedad_id": decision.copropiedad_id,
    }
    known = {name: value for name, value in data.items() if value is not None}
    return own_event(ANSWERED, f"reply:{inbound.id}:answered", known, time=inbound.reply.at)


def event_of(inbound: Inbound) -> Event:
    """Make the event of a reply. Its id is derived from the reply's, so a second copy is a duplicate."""
    if emergency_replies.is_call(inbound):
        data = {**_written(inbound), **emergency_replies.details(inbound), **_context(inbound)}
        return own_event(emergency_replies.NAME, f"reply:{inbound.id}", data, time=inbound.reply.at)
    data = {**_reply_data(inbound), **_context(inbound)}
    return own_event(NAME, f"reply:{inbound.id}", data, time=inbound.reply.at)


def _reply_data(inbound: Inbound) -> dict[str, Json]:
    return {
        **_written(inbound),
        "kind": str(inbound.kind),
        "revokes": inbound.revokes,
        **_question(inbound),
    }


def _written(inbound: Inbound) -> dict[str, Json]:
    """Describe the reply: its words, its writer and its time."""
    reply = inbound.reply
    return {
        "message_id": str(inbound.id),
        THREAD: inbound.thread,
        "channel": reply.channel,
        "acknowledge": inbound.acknowledge,
        "received_at": reply.at.isoformat(),
        "text_ref": f"/api/replies/{inbound.id}",
        "excerpt": (reply.text.strip() or reply.subject)[:_EXCERPT],
        "sender": _sender(inbound),
    }


def _question(inbound: Inbound) -> dict[str, Json]:
    """Return what the writer's address is asked to confirm; empty where nothing is open."""
    opt = opt_command(inbound.reply) if inbound.kind is ReplyKind.UNPROVEN else None
    return {} if opt is None else {"asks": str(_COMMANDS[opt.wish])}


def _sender(inbound: Inbound) -> dict[str, Json]:
    """Describe the writer by the address used, which a known person may not have in the directory."""
    reply = inbound.reply
    field, longest = _CONTACTS.get(reply.channel, _PHONE)
    return {
        "name": (_is_by_recipient(inbound) and inbound.about.name) or _NAMELESS,
        field: reply.address[:longest] or "-",
        # Where the directory knows what they read.
        **({"locale": inbound.about.language} if inbound.about.language else {}),
    }


def _context(inbound: Inbound) -> dict[str, Json]:
    about = inbound.about
    known: dict[str, Json] = {
        "in_reply_to": about.message_id and str(about.message_id),
        # Check for each reply in a thread: a stranger must not become the person.
        "person": whose(inbound),
        "case": about.case,
        **{name: about.facts.get(name) for name in FACTS},
    }
    return {name: value for name, value in known.items() if value is not None}
