"""Receipts and replies of described providers, translated to the hub's terms. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.channels.json_path import word_at
from hub.channels.sms.inbound import Unreadable, read_number, read_words
from hub.channels.sms.rules import shaped_code, shaped_reference
from hub.channels.sms.spec import STATES, Meaning, Receipts, Replies, Spec
from hub.model import Json, Receipt, Reply

REASONS: Final[Mapping[Meaning, str]] = {Meaning.FAILED: "not_delivered", Meaning.GONE: "unknown_number"}


def read_report(spec: Spec, rules: Receipts, said: Json, message_id: UUID | None) -> Receipt | None:
    """
    Read a report; None for one whose status the file does not list: it changes nothing.

    `message_id` comes from the signed address. Raises `Unreadable`.
    """
    status = word_at(said, rules.status)
    if status is None:
        raise Unreadable(f"`{rules.status}` is missing")
    reference = shaped_reference(said, rules.reference)
    ours = message_id or _our_id(rules, said)
    if ours is None and reference is None:
        raise Unreadable("it names no message")
    meaning = rules.states.get(status)
    if meaning is None:
        return None
    return Receipt(
        message_id=ours,
        state=STATES[meaning],
        provider=spec.name,
        reason=REASONS.get(meaning),
        reference=reference,
        gone=meaning is Meaning.GONE,
        # `status` is a word of the file, so it is safe to store.
        code=f"{status} {shaped_code(said, rules.code)}".strip(),
    )


def _our_id(rules: Receipts, said: Json) -> UUID | None:
    if rules.id is None:
        return None
    try:
        return UUID(word_at(said, rules.id) or "")
    except ValueError:
        raise Unreadable(f"`{rules.id}` is no message id of ours") from None


def read_reply(spec: Spec, rules: Replies, said: Json, at: datetime) -> Reply:
    """Read an incoming text; raises `Unreadable`."""
    reference = shaped_reference(said, rules.id)
    if reference is None:
        raise Unreadable(f"`{rules.id}` is missing")
    return Reply(
        channel="sms",
        provider=spec.name,
        reference=reference,
        address=read_number(word_at(said, rules.sender), rules.sender),
        text=read_words(word_at(said, rules.text), rules.text),
        at=at,
        in_reply_to=shaped_reference(said, rules.in_reply_to),
    )
