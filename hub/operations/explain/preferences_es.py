"""Effects of wishes, marks and refusals on the messages of an event, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from hub.contact_rules.consents import NOT_CONSENTED
from hub.contact_rules.preferences import barred
from hub.model import DO_NOT_CONTACT, NOT_WANTED, MarkEntry, MarkReason, State
from hub.operations.explain import sentences_es
from hub.operations.explain.messages import BY
from hub.ports import ExplainFacts
from hub.rendering import filters

REASONS: Final[Mapping[MarkReason, str]] = {
    MarkReason.DECEASED: "la persona falleció: no se le envía nada",
    MarkReason.PROTECTED_ADDRESS: "su dirección está protegida",
    MarkReason.CONTESTED_ACCOUNT: "su cuenta está en disputa",
}

_WAITS: Final = frozenset({State.HELD, State.QUEUED, State.RETRYING})
_CLOSED: Final = (NOT_CONSENTED, "opted_out", "complaint")
"""Reasons that close a channel without closing the others."""


def sentences(facts: ExplainFacts) -> Iterator[str]:
    """Name the marks that stop a message, and the channels that the person does not want."""
    in_force = [mark for mark in facts.marks if mark.ended_at is None]
    kept_back = list(_kept_back(facts, in_force))
    if kept_back or any(sent.message.reason == DO_NOT_CONTACT for sent in facts.messages):
        yield from (*map(_marked, in_force), *kept_back)
    skipped = [entry.partition(":") for sent in facts.messages for entry in sent.message.skipped]
    if unwanted := sorted({name for name, _, why in skipped if why == NOT_WANTED}):
        yield f"La persona pidió no recibir estos avisos {_ways(unwanted)}."
    yield from _passed_over(facts)


def _kept_back(facts: ExplainFacts, in_force: Sequence[MarkEntry]) -> Iterator[str]:
    """Yield a sentence if a mark stops the messages that wait for their hour."""
    waiting = [sent.message for sent in facts.messages if sent.message.state in _WAITS]
    if any(barred(one.purpose, mark, one.next_at or mark.since) for one in waiting for mark in in_force):
        yield "Lo que espera no saldrá mientras siga la marca."


def _passed_over(facts: ExplainFacts) -> Iterator[str]:
    """Name the channels that the person's consents close, where the message itself does not say so."""
    for reason in _CLOSED:
        entry = f":{reason}"
        closed = {
            skip.removesuffix(entry)
            for sent in facts.messages
            if sent.message.reason != reason
            for skip in sent.message.skipped
            if skip.endswith(entry)
        }
        if closed:
            ways, why = _ways(sorted(closed)), sentences_es.reason(reason)
            yield f"{ways[:1].upper()}{ways[1:]} no: {why[:1].lower()}{why[1:]}"


def _ways(channels: Iterable[str]) -> str:
    """`por correo y por SMS`."""
    ways = (BY.get(name, f"Por {name}") for name in channels)
    return filters.lista([f"{way[:1].lower()}{way[1:]}" for way in ways])


def _marked(mark: MarkEntry) -> str:
    until = f" hasta {sentences_es.at_time(mark.until)}" if mark.until else ""
    since = sentences_es.at_time(mark.since)
    return sentences_es.sentence(f"Está marcada «no contactar» desde {since}{until}: {REASONS[mark.reason]}")
