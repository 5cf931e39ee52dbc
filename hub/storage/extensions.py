"""Extensions of clocks as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hub.model.extensions import Extension, ExtensionChange
from hub.storage.database import Runner, load, read, row_of, write

_SQL = load("extensions")
_FIELDS = "event_key", "clock", "asked_on", "due_at", "refusal", "is_new"


async def keep(run: Runner, extensions: Sequence[Extension]) -> None:
    await write(run, _SQL["keep"], [row_of(extension, _FIELDS) for extension in sorted(extensions, key=_key)])


def _key(extension: Extension) -> tuple[UUID, str]:
    return extension.event_key, extension.clock


async def take(run: Runner, limit: int, lease: timedelta) -> Sequence[ExtensionChange]:
    return [read(ExtensionChange, row) for row in await run.rows(_SQL["take"], limit, lease)]


async def finish(run: Runner, told: Sequence[ExtensionChange], queued: Sequence[Sequence[object]]) -> None:
    """Mark these as told; `queued` are the columns of their events for webhooks."""
    keys = [(change.event_key, change.clock, change.found_at) for change in told]
    await write(run, _SQL["finish"], keys, *queued)
