"""Messages that notified somebody of a step of a clock, and their states."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from hub.model.json import Instant
from hub.model.messages import State
from hub.model.reached import Reached, reached


class StepMessage(Struct, kw_only=True, frozen=True):
    """A message that notified somebody of a step, and its state."""

    step: Annotated[str, Meta(description="The step's key in its clock: `escalate:2`.")]
    message_id: UUID
    event: str
    person: str
    channel: str
    state: State
    reason: str | None
    at: Instant

    @property
    def reached(self) -> Reached:
        return reached(self.state, self.channel, self.reason)


class ToldByName(StepMessage, kw_only=True, frozen=True):
    name: Annotated[str, Meta(description="Masked.")]
