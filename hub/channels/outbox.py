"""A folder instead of a provider: a file per message, for trials and offline work."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from uuid import uuid4

from msgspec import structs

from hub.errors import TransientFailure
from hub.model import Accepted, ChannelTraits, Outgoing
from hub.model.reached import FILE
from hub.ports import Channel

Render = Callable[[Outgoing], bytes]


class Outbox:
    """
    Writes each message to its own file, readable only by the owner, because it holds person data.

    The name contains the message's time and id, so that a second attempt overwrites the first.
    """

    def __init__(self, folder: Path, traits: ChannelTraits, *, render: Render, suffix: str) -> None:
        self.traits = traits
        self._folder = folder
        self._render = render
        self._suffix = suffix

    async def send(self, outgoing: Outgoing) -> Accepted:
        content = self._render(outgoing)
        path = self._folder / self._name(outgoing)
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as exc:
            raise TransientFailure("outbox", provider=FILE, code=exc.strerror or "") from exc
        # Of other channels the file is only a picture of the message.
        composed = content if self.traits.name == "email" else b""
        return Accepted(provider=FILE, reference=path.name, content=composed)

    async def aclose(self) -> None:
        """Nothing to close."""

    def _name(self, outgoing: Outgoing) -> str:
        at = outgoing.message.created_at.astimezone(UTC)
        return f"{at:%Y%m%dT%H%M%S}Z-{self.traits.name}-{outgoing.message.id}{self._suffix}"


class MailCatcher:
    """The mail catcher of this machine: what it takes is in a file, and nobody has received it."""

    def __init__(self, inner: Channel) -> None:
        self.traits: ChannelTraits = inner.traits
        self._inner = inner

    async def send(self, outgoing: Outgoing) -> Accepted:
        return structs.replace(await self._inner.send(outgoing), provider=FILE)

    async def aclose(self) -> None:
        await self._inner.aclose()


def as_json(outgoing: Outgoing) -> bytes:
    """Write a message without a file format of its own as JSON."""
    message, rendered = outgoing.message, outgoing.rendered
    shown = {
        "id": str(message.id),
        "channel": message.channel,
        "address": message.address,
        "name": message.name,
        "person": message.person,
        "event": message.event,
        "purpose": message.purpose,
        "lane": message.lane,
        "subject": rendered.subject,
        "text": rendered.text,
        "created_at": message.created_at.isoformat(),
        "expires_at": message.expires_at.isoformat() if message.expires_at else None,
    }
    return json.dumps(shown, ensure_ascii=False, indent=2).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    """Write atomically: the file is complete or absent, also after a power loss."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        _write_through(draft, content)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    _flush_folder(path.parent)


def _write_through(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
