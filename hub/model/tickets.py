"""Tickets: the work items of the delivery queues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec

from hub.model import Lane, Message, State

TICKET_SIZE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """Work for one queue: 1–100 ids of messages that were committed together."""

    channel: str
    lane: Lane
    ids: tuple[UUID, ...]


def tickets(messages: Iterable[Message]) -> list[Ticket]:
    """Make the tickets of the messages in state `queued`."""
    return grouped(
        (message.id, message.channel, message.lane) for message in messages if message.state is State.QUEUED
    )


def grouped(rows: Iterable[tuple[UUID, str, Lane]]) -> list[Ticket]:
    """Make tickets of up to 100 ids from (id, channel, lane)."""
    queues: defaultdict[tuple[str, Lane], list[UUID]] = defaultdict(list)
    for message_id, channel, lane in rows:
        queues[channel, lane].append(message_id)
    return [
        Ticket(channel=channel, lane=lane, ids=tuple(ids[start : start + TICKET_SIZE]))
        for (channel, lane), ids in queues.items()
        for start in range(0, len(ids), TICKET_SIZE)
    ]


def encode_ticket(ids: Iterable[UUID]) -> bytes:
    """Encode the ids of a ticket: a JSON array of UUIDs."""
    return msgspec.json.encode(tuple(ids))


def decode_ticket(body: bytes) -> tuple[UUID, ...]:
    """Decode a ticket. Raises msgspec.DecodeError (ValidationError) on anything else."""
    return msgspec.json.decode(body, type=tuple[UUID, ...])
