"""Words of each message, made again; and its rows with their seals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from typing import Final
from uuid import UUID

from hub.errors import TooLarge
from hub.model.evidence import SaidMessage, SealedRow
from hub.model.recorded_states import fits, is_older
from hub.model.seals import KEY, fields_of, key_of, leaf, name_of, split
from hub.operations.cases.events_es import title
from hub.operations.constancia.archive import TOO_LARGE, UNPACKED
from hub.operations.constancia.schemas import ProvenMessage, ProvenRow, Unsealed, Words
from hub.operations.constancia.sealed import Chain
from hub.operations.evidence.remake import Finding, Remade, Remaker
from hub.rendering.outcomes_es import claim
from hub.storage import PostgresConstancias

_PAGE: Final = 100
_PROVEN: Final = frozenset({Finding.SAME, Finding.KEPT})
EMAIL: Final = "email"
_SUBJECT, _TEXT = 3, 4
"""Where the canonical form of a message has them (`hub.messages.delivery.evidence`)."""

Step = Callable[[int, int], None]
"""Called with the number done so far and the total."""


@dataclass(slots=True, kw_only=True)
class Proven:
    """All messages, in the order of the thread, with the bytes that left by the name of their file."""

    messages: list[ProvenMessage] = field(default_factory=list)
    rows: list[tuple[ProvenMessage, SealedRow, ProvenRow]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    since: datetime | None = None
    """The earliest instant that any of it names."""
    size: int = 0

    def keep(self, name: str, content: bytes) -> None:
        """
        Keep the bytes of a message. Raises TooLarge before they fill the memory.

        A whole building may have got the same document, attached to each mail.
        """
        self.size += len(content)
        if self.size > UNPACKED:
            raise TooLarge(TOO_LARGE)
        self.files[name] = content


async def prove(store: PostgresConstancias, ids: Sequence[UUID], step: Step) -> Proven:
    """Make everything again that these messages said. Raises TooLarge."""
    remaker, found = Remaker(store), Proven()
    sealed_since = next((seal.minute for seal in await store.seals(0, 1)), None)
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        said = {one.message.id: (one, rows) for one, rows in await store.said(page)}
        # One whose month was dropped meanwhile is no longer there.
        for message_id in page:
            if message_id in said:
                one, rows = said[message_id]
                _add(found, one, rows, await remaker.remake(one), sealed_since)
        step(min(start + _PAGE, len(ids)), len(ids))
    return found


def _add(
    found: Proven,
    said: SaidMessage,
    rows: Sequence[SealedRow],
    remade: Sequence[Remade],
    sealed_since: datetime | None,
) -> None:
    message = said.message
    by_instant = {one.call.attempt.at: one for one in remade}
    found.since = min([said.event_time, message.created_at, *([found.since] if found.since else [])])
    proven = ProvenMessage(
        id=message.id,
        event=message.event,
        title=title(message.event),
        person=message.person,
        name=message.name,
        channel=message.channel,
        address=message.address,
        purpose=message.purpose,
        state=message.state,
        reason=message.reason,
        created_at=message.created_at,
        units=message.units,
        rows=[ProvenRow(row=fields_of(row)) for row in rows],
    )
    proven.proven = _state_fits(proven, rows, sealed_since)
    found.messages.append(proven)
    found.rows += [(proven, row, line) for row, line in zip(rows, proven.rows, strict=True)]
    for number, (row, line) in enumerate(zip(rows, proven.rows, strict=True), 1):
        if row.outcome == "accepted" and row.at in by_instant:
            name = f"mensajes/{message.id}-{number}.{'eml' if message.channel == EMAIL else 'json'}"
            line.said = _words(found, name, message.channel, by_instant[row.at])


def _state_fits(message: ProvenMessage, rows: Sequence[SealedRow], sealed_since: datetime | None) -> bool:
    recorded = any(row.recorded_at is not None for row in rows)
    older = is_older(recorded=recorded, created_at=message.created_at, sealed_since=sealed_since)
    return fits(message.state, message.reason, {(row.outcome, row.code) for row in rows}, older=older)


def _words(found: Proven, name: str, channel: str, remade: Remade) -> Words:
    content = remade.content
    if remade.finding not in _PROVEN or content is None:
        return Words(finding=remade.finding, why=remade.why)
    found.keep(name, content)
    subject, text = _mail(content) if channel == EMAIL else _fields(content)
    return Words(finding=remade.finding, why=remade.why, subject=subject, text=text, file=name)


def _mail(content: bytes) -> tuple[str, str]:
    """Return subject and text of a mail as it left."""
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    return str(mail["subject"] or ""), "" if body is None else str(body.get_content())


def _fields(content: bytes) -> tuple[str | None, str]:
    fields = json.loads(content)
    return fields[_SUBJECT] or None, fields[_TEXT]


def put_seals(found: Proven, chain: Chain) -> None:
    """Give each row the number of its seal, or why it has none."""
    for _, row, line in found.rows:
        line.seal = chain.sealed.get(key_of(row))
        line.unsealed = None if line.seal is not None else chain.unsealed(row)


def mismatches(found: Proven, chain: Chain) -> Iterator[str]:
    """Say what does not fit: states, changed, removed and added attempts, and other bytes."""
    leaves = {key: digest for seal in chain.leaves.values() for key, digest in split(seal)}
    for message in found.messages:
        if not message.proven:
            says = claim(message.state, message.reason)
            yield f"{_of(message)}: {says}, y ningún intento ni final sellado lo dice. Valen los intentos."
    for message, row, line in found.rows:
        if line.unsealed is Unsealed.ADDED:
            yield f"{_of(message)}: un intento no está en el sello de su minuto; alguien lo agregó después."
        elif line.seal is not None and leaves[key_of(row)] != leaf(row)[KEY:]:
            yield f"{_of(message)}: alguien cambió un intento después de sellado."
        if line.said is not None and line.said.finding is Finding.DIFFERENT:
            yield f"{_of(message)}: lo que dijo no se pudo volver a hacer igual. {line.said.why}"
    named = {message.id: message for message in found.messages}
    for key in sorted(chain.sealed.keys() - {key_of(row) for _, row, _ in found.rows}):
        yield f"{_of(named[name_of(key)[0]])}: un intento está sellado y ya no está guardado."


def _of(message: ProvenMessage) -> str:
    return f"«{message.title}» a {message.name or message.person} ({message.id})"
