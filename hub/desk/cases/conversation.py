"""Conversations: whom staff writes to about a case, by which channels, as it stands now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from hub.contact_rules.forecast import refusals
from hub.doors.operator import Operator
from hub.model import Json, Person, Purpose
from hub.model.actors import ACCOUNT
from hub.model.casework import LastWord
from hub.operations.cases.writing import (
    CHANNELS,
    FIELDS,
    MAIL,
    SMS,
    WHATSAPP,
    Conversation,
    Way,
    window_of,
)
from hub.phones import can_text
from hub.ports.cases import KnownCase
from hub.sla.events import PARTIES
from hub.storage import PostgresConversations, PostgresToldChannels

_WINDOW: Final = "window"
_NO_CONTACT: Final = "no_contact"


async def conversation_of(by: Operator, case: KnownCase) -> Conversation:
    """Return the conversation of a case, with the channels by which its person may be written to now."""
    opened = case.first.event.data if case.first is not None else None
    data: Mapping[str, Json] = opened if isinstance(opened, dict) else {}
    last = await PostgresConversations(by.db).last_words(case.case, by.places, alone=case.alone)
    party = party_of_case(data)
    person = (
        party.get("ref") or data.get("person") or next((word.person for word in last if word.person), None)
    )
    # A petition is answered to its petitioner, whoever has written in it since.
    own = () if case.case.startswith("pqrs_id:") else last
    return Conversation(
        thread=_thread(case.case),
        person=person,
        recipient=party or None,
        copropiedad=case.first.copropiedad_id if case.first is not None else None,
        unit=case.first.unit_id if case.first is not None else None,
        last=last,
        ways=await ways_of(by, person, party, own),
        facts={name: data[name] for name in ("service_area",) if data.get(name)},
    )


def party_of_case(data: Mapping[str, Json]) -> Mapping[str, Json]:
    """Return the person for whom a case was opened, as its event names them."""
    for word in PARTIES:
        named = data.get(word)
        first = named[0] if isinstance(named, list) and named else named
        if isinstance(first, dict):
            return first
    return {}


async def ways_of(
    by: Operator, person: str | None, party: Mapping[str, Json], last: Sequence[LastWord]
) -> Sequence[Way]:
    """Return each channel of the company with whether somebody may be written to by it now."""
    told = set(await PostgresToldChannels(by.db).told())
    written = {FIELDS[word.channel] for word in last if word.channel in FIELDS}
    known = written | {field for field in ("email", "phone") if party.get(field)}
    refused = await _refused(by, person)
    addresses = [word.address for word in last if word.channel in (WHATSAPP, SMS)]
    addresses += [str(party["phone"])] if party.get("phone") else []
    until = window_of(await PostgresConversations(by.db).whatsapp_at(addresses, person), by.now)
    ways = []
    for channel in CHANNELS:
        if told and channel not in told:
            continue
        why = "" if FIELDS[channel] in known else refused.get(channel, _NO_CONTACT)
        if channel == WHATSAPP and not why and until is None:
            why = _WINDOW
        ways.append(Way(channel=channel, open=not why, why=why, until=until if channel == WHATSAPP else None))
    return ways


async def _refused(by: Operator, ref: str | None) -> Mapping[str, str]:
    """Return why somebody of the directory cannot be written to by a channel; nothing is known of others."""
    person = None if ref is None else await PostgresConversations(by.db).person(ref)
    if person is None:
        return {}
    addresses = {channel: _addresses(person, channel) for channel in CHANNELS}
    missing = {channel: _NO_CONTACT for channel, known in addresses.items() if not known}
    judged = refusals(Purpose.TRANSACTIONAL, addresses, person, at=by.now, policy=by.stores.policy)
    return {**dict.fromkeys(CHANNELS, ""), **judged, **missing}


def _addresses(person: Person, channel: str) -> Sequence[str]:
    points = [point.value for point in person.contact_points if point.kind == FIELDS[channel]]
    return points if channel == MAIL else [number for number in points if can_text(number)]


def _thread(case: str) -> str:
    return case.removeprefix("thread_id:")


async def name_of(by: Operator) -> str:
    """Return the name with which the operator signs; empty for a system and a shell."""
    if not by.who.startswith(ACCOUNT):
        return ""
    account = await by.stores.accounts.named(by.who.removeprefix(ACCOUNT))
    return account.display_name if account is not None else ""
