"""A test of a communication to oneself: its mail as a message of its own, to its maker alone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from msgspec import Struct

from hub.desk.communications import reading
from hub.desk.communications.acts import show_communication
from hub.desk.communications.asking import account_of
from hub.doors.operator import Operator
from hub.errors import NotOffered, OtherState
from hub.model import own_event

TRIED: Final = "hub.communication.tried"
_TO_THEMSELVES: Final = "Your account belongs to no person of the directory: there is nobody to send it to."
_NO_PLAN: Final = "It has no plan of these words: plan it first."


class CommunicationTried(Struct, kw_only=True, frozen=True):
    """The test that was sent; `person` is its maker."""

    id: UUID
    person: str


async def try_communication(by: Operator, communication: UUID) -> CommunicationTried:
    """
    Send a planned draft to yourself alone, as a mail and in your inbox: nothing else begins.

    Raises NotOffered for an account without a person, OtherState for a draft without a plan.
    """
    whole = await show_communication(by, communication)
    person = await _maker(by)
    channels = reading.channels_of(whole)
    if not whole.is_planned or not channels:
        raise OtherState(_NO_PLAN)
    # With the name of its maker: the event keeps nobody else's.
    look = await reading.look_as(by, whole.row.id, whole.row.kind, person, channels[0])
    try_id = f"{whole.row.id}:{whole.row.version}"
    await by.audit("communication.try", f"communication:{whole.row.id}")
    data = {
        "try_id": try_id,
        "holder": {"ref": person},
        "title": look.subject or whole.row.title,
        "body_markdown": look.text or look.problem,
    }
    now = by.now
    await by.stores.publisher.event(own_event(TRIED, f"try:{try_id}:{now.timestamp()}", data, time=now))
    return CommunicationTried(id=whole.row.id, person=person)


async def _maker(by: Operator) -> str:
    """Return the person of the account. Raises NotOffered."""
    account = await account_of(by)
    if account is None or not account.person:
        raise NotOffered(_TO_THEMSELVES)
    return account.person
