"""
Replies to messages of an emergency: their writers may be in danger, whatever the words are.

Such a reply is `emergency.reply.received`. It calls the desk and whoever is on call at once; the writer is
answered with what to do and whom to call. Words that only opt out are no call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hub.catalog import BY_NAME
from hub.catalog.emergencies import OTHER_TOWERS
from hub.model import Inbound, Json, Purpose, ReplyKind
from hub.policy.clocks import CALLS, EMERGENCY_REPLY

NAME: Final = CALLS[EMERGENCY_REPLY]
MISSED_CALL: Final = "support.call.missed"
_EMERGENCY_LINE: Final = "emergency"
FACTS: Final[Mapping[str, tuple[str, ...]]] = {
    "emergency_id": ("emergency_id",),
    "emergency_kind": ("emergency_kind", "kind"),
    "instruction": ("instruction",),
    "instruction_en": ("instruction_en",),
    "help_line": ("help_line", "contact"),
    "drill": ("drill",),
    "scope": (),
}
"""Field of a call → the fields of the answered event that hold it, the first one present."""
_INSTRUCTION: Final = frozenset({"instruction", "instruction_en"})


def is_call(inbound: Inbound) -> bool:
    return inbound.kind is ReplyKind.REPLY and inbound.about.emergency


def is_of_emergency(event: str, purpose: str, data: Mapping[str, Json]) -> bool:
    """Return whether a message is about an emergency, also the answer to a call that nobody took."""
    return purpose == Purpose.EMERGENCY or (event == MISSED_CALL and data.get("line") == _EMERGENCY_LINE)


def is_to_staff(event: str, audience: int) -> bool:
    """Return whether this audience of an event is staff."""
    kind = BY_NAME.get(event)
    return kind is not None and audience < len(kind.audiences) and kind.audiences[audience].is_staff


def facts_of(event: str, data: Mapping[str, Json], variant: str | None) -> dict[str, Json]:
    """
    Return what a call says of the emergency; an answer to a call repeats all that the call said.

    Who lives in another tower was not given the instruction, and no answer gives it to them.
    """
    if event == NAME:
        return {name: data[name] for name in FACTS if data.get(name) is not None}
    if event == MISSED_CALL:
        return {}
    hidden = _INSTRUCTION if variant == OTHER_TOWERS else frozenset[str]()
    found = {name: next(filter(None, map(data.get, fields)), None) for name, fields in FACTS.items()}
    return {name: value for name, value in found.items() if value is not None and name not in hidden}


def details(inbound: Inbound) -> dict[str, Json]:
    """Return what the desk needs besides the words: where, whom to call back, about what."""
    about, address = inbound.about, inbound.reply.address
    own = about.address.lower() == address.lower()
    number = address if "@" not in address else about.phone if own else ""
    known: dict[str, Json] = {
        # Somebody else answers a forwarded message: the one to whom it went is a trace.
        "writer" if own else "sent_to": about.name,
        "scope": ", ".join(about.units) or about.facts.get("scope"),
        "contact": number,
    }
    facts = {name: value for name, value in about.facts.items() if name in FACTS}
    needed = {name: value for name, value in known.items() if value}
    return {"from_staff": about.to_staff, **facts, **needed}
