"""Channels and pauses as rows, and the bodies and answers of their acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hub.model import Instant, Word
from hub.ports import EVERYTHING, RESTORED_BY

ENDS_ES: Final[Mapping[str, tuple[str, timedelta | None]]] = MappingProxyType(
    {
        "30m": ("En media hora", timedelta(minutes=30)),
        "2h": ("En dos horas", timedelta(hours=2)),
        "12h": ("En doce horas", timedelta(hours=12)),
        "24h": ("En un día", timedelta(days=1)),
        "never": ("Cuando alguien la termine", None),
    }
)
"""When a pause ends by itself, as a form offers it."""


class PauseRow(Struct, kw_only=True):
    """`subject` is `channel:sms`, `event:pqrs.received` or `all`; a restore's is as old as its copy."""

    subject: str
    since: Instant
    by: str
    reason: str
    ends_at: Annotated[Instant | None, Meta(description="When it ends by itself; null: somebody ends it.")]

    @property
    def is_restored(self) -> bool:
        """Whether it is the pause with which a restored hub starts."""
        return (self.subject, self.by) == (EVERYTHING, RESTORED_BY)


class PauseWhole(PauseRow, kw_only=True):
    """A pause, and the messages that leave at its end. Only a pause of everything has all fields."""

    unsent: Annotated[int, Meta(description="Messages that would leave.")]
    older: Annotated[
        int | None, Meta(description="Of those, planned before the pause: perhaps they have left.")
    ]
    oldest_at: Annotated[Instant | None, Meta(description="When the oldest of them was planned.")]
    due_steps: Annotated[int | None, Meta(description="Clocks with a step that is due.")]
    restored: Annotated[
        bool, Meta(description="Whether a restore has paused it: only then `older=cancel` may end it.")
    ]


class ChannelRow(Struct, kw_only=True):
    name: str
    providers: Annotated[list[str], Meta(description="In failover order; empty where it is not configured.")]
    rates: Annotated[
        list[str], Meta(description="Of each provider, as `20/s`: how many it may get at most; empty: any.")
    ]
    broken: Annotated[list[str], Meta(description="Those that are left alone; an incident has the reason.")]
    paused: PauseRow | None
    held: Annotated[int, Meta(description="Messages held for a pause, of the channel or of their event.")]
    urgent: Annotated[int, Meta(description="Of those, the ones of the urgent lane.")]
    waiting: Annotated[dict[str, int], Meta(description="Tickets that wait for a worker, by lane.")]


class HeldRow(Struct, kw_only=True, frozen=True):
    """The number of messages of an event that pauses hold on a channel, and of the urgent ones among them."""

    channel: str
    event: str
    held: int
    urgent: int


class WaitingRow(Struct, kw_only=True, frozen=True):
    """The messages that wait on a channel and lane; `before` were planned before the pause of everything."""

    channel: str
    lane: str
    unsent: int
    oldest_at: Instant
    before: int


class PauseBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    by: Annotated[Word, Meta(description="Who pauses, as a system names them; else the caller.")] = ""
    reason: Annotated[Word, Meta(description="Why, for colleagues who find it paused.")] = ""
    ends_at: (
        Annotated[Instant, Meta(description="When it ends by itself; without it somebody ends it.")] | None
    ) = None


class ResumeQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    older: Annotated[
        Literal["cancel"] | None,
        Meta(description="Of the pause of a restored hub: cancel first what was planned before its copy."),
    ] = None


class Paused(Struct, kw_only=True, frozen=True):
    """`changed` is false if it was paused before. `urgent` is the number of urgent messages held now."""

    subject: str
    changed: bool
    urgent: int


class Resumed(Struct, kw_only=True, frozen=True):
    """
    `changed` is false if nothing was paused. With `more`, call again to release the rest.

    `run` is the bulk run that cancels messages older than a restored hub's copy: the pause ends with it.
    """

    subject: str
    changed: bool
    released: int
    more: bool
    run: UUID | None = None


def health_of(row: ChannelRow) -> tuple[str, str]:
    """Return how a channel is: a class of `shell.css`, and a word."""
    if row.paused is not None:
        return "paused", "En pausa"
    if row.broken:
        return ("broken", "Averiado") if len(row.broken) >= len(row.providers) else ("half_open", "A medias")
    return ("on", "Bien") if row.providers else ("off", "Sin configurar")
