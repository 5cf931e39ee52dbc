"""The facts of an event and a person → why the person was notified, or not. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hub.catalog import BY_NAME
from hub.model import NOT_OPTED_IN, ON_LEAVE, Event, State, StoredEvent, is_hub_source
from hub.model.reached import LEFT, Reached, furthest
from hub.operations.explain import missed, preferences_es, sentences_es
from hub.operations.explain.messages import (
    by_channel,
    has_lapsed,
    is_unproven,
    reach_of,
    sentences,
    went_in_digest,
)
from hub.ports import AudienceSnapshot, ExplainFacts, Refused, SentMessage
from hub.rendering import filters, labels_es
from hub.rendering.reached_es import NOT_TRIED
from hub.rendering.titles_es import EVENTS


class ExplainOutcome(StrEnum):
    """Whether an event reached a person."""

    NOTIFIED = "told"
    """At least one message arrived: a provider confirmed it, the person read it, or staff handed it over."""
    SENT = "sent"
    """At least one message was accepted by a provider; nothing says that it arrived."""
    PENDING = "pending"
    """A message is waiting to leave or to be read in the inbox, or the audience is not known yet."""
    NOT_REACHED = "not_reached"
    """In the audience, but every message was lost or not sent."""
    LEFT_OUT = "left_out"
    """In the group, but left out for a reason of the person."""
    NOT_MEANT = "not_meant"
    """The event is for others, or for nobody."""
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PERSON = "unknown_person"
    SEVERAL_EVENTS = "several_events"
    """Several sources have an event of this id."""


DEAD_LETTER: Final = "dead_letter"
UNKNOWN: Final = frozenset(
    {ExplainOutcome.UNKNOWN_EVENT, ExplainOutcome.UNKNOWN_PERSON, ExplainOutcome.SEVERAL_EVENTS}
)
"""Outcomes without an answer: the event or person is not known, or not unique."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """
    The reason why a person was notified of an event, or not; `sentences` are Spanish, with times of Colombia.

    `reason` is a machine word: a message's, that of a person left out, or a miss's (`added_later`).
    """

    outcome: ExplainOutcome
    person: str
    sentences: Sequence[str]
    reason: str | None = None
    event: StoredEvent | None = None
    messages: Sequence[SentMessage] = ()


def judge(facts: ExplainFacts) -> Verdict:
    """Explain the messages; without messages, why there are none."""
    if facts.messages:
        return _from_messages(facts)
    if not (facts.history or any(audience.left_out for audience in facts.audiences)):
        sentence = f"El centro no conoce a la persona «{facts.person}»: no está ni estuvo en el directorio."
        return _verdict(facts, ExplainOutcome.UNKNOWN_PERSON, [sentence])
    return _left_out(facts) or _without_audience(facts) or _missed(facts)


def unknown_event(asked: str, person: str, refused: Refused | None) -> Verdict:
    """Explain an event that intake never accepted: a dead letter, or unknown."""
    if refused is None:
        lines = [f"El centro no conoce el aviso «{asked}»."]
        return Verdict(outcome=ExplainOutcome.UNKNOWN_EVENT, person=person, sentences=lines)
    state = labels_es.DEAD_STATES[refused.state].lower()
    meanings = (meaning for part, meaning in labels_es.DEAD_REASONS if part in refused.reason)
    since = sentences_es.at_time(refused.received_at)
    lines = [
        f"El aviso «{asked}» no entró: está rechazado desde {since} ({state}).",
        f"{next(meanings, 'El centro no lo pudo recibir')}: {refused.reason}.",
        "Qué hacer: corrija el dato en el sistema que publica; «Rechazados» lo muestra entero.",
    ]
    return Verdict(outcome=ExplainOutcome.UNKNOWN_EVENT, person=person, sentences=lines, reason=DEAD_LETTER)


def several_events(asked: str, person: str, found: Iterable[StoredEvent]) -> Verdict:
    """Ask which source is meant."""
    sources = ", ".join(stored.event.source for stored in found)
    sentence = f"Hay varios avisos «{asked}»; diga de cuál sistema (source): {sources}."
    return Verdict(outcome=ExplainOutcome.SEVERAL_EVENTS, person=person, sentences=[sentence])


def _verdict(
    facts: ExplainFacts, outcome: ExplainOutcome, lines: Sequence[str], reason: str | None = None
) -> Verdict:
    return Verdict(
        outcome=outcome,
        person=facts.person,
        sentences=[_heading(facts.event.event), *_recalled(facts), *lines],
        reason=reason,
        event=facts.event,
        messages=facts.messages,
    )


def _recalled(facts: ExplainFacts) -> Iterator[str]:
    """Say that the publisher has taken the event back, and why; it may say so before the event comes."""
    recall = facts.recall
    if recall is not None and isinstance(recall.event.data, dict):
        since = sentences_es.at_time(recall.event.time)
        who = "La administración" if is_hub_source(recall.event.source) else "El sistema que lo publicó"
        yield sentences_es.sentence(f"{who} lo retiró {since}")
        yield sentences_es.sentence(f"Motivo que dio: {recall.event.data.get('reason')}")


def _heading(event: Event) -> str:
    return sentences_es.sentence(f"{EVENTS.get(event.name, event.name)}, {sentences_es.at_time(event.time)}")


_OPENINGS: Final = {
    ExplainOutcome.NOTIFIED: "Sí, fue avisada.",
    ExplainOutcome.SENT: "Se le envió {how}; no consta que llegara.",
    ExplainOutcome.PENDING: "Todavía no: el mensaje está en camino.",
    ExplainOutcome.NOT_REACHED: "No: se le quiso avisar y no se pudo.",
}
_STOPPED: Final = "Todavía no, y lo que espera no saldrá mientras siga así."
_UNREAD: Final = "Está en su bandeja; todavía no la ha leído."
"""Instead of the opening, where nothing is on its way any more."""
_UNPROVEN: Final = "No se sabe: lo guardado no cuadra con lo que dicen los intentos."
_LATER: Final = "Este aviso no le llegó; se le escribió después sobre el mismo caso."
_WRONG_STATE: Final = "wrong_state"
_GONE: Final = frozenset({ExplainOutcome.NOTIFIED, ExplainOutcome.SENT})


def _from_messages(facts: ExplainFacts) -> Verdict:
    outcome = ExplainOutcome(furthest(map(reach_of, facts.messages)).value)
    lines = [sentence for message in facts.messages for sentence in sentences(message)]
    # While a message is waiting, show its reason, not those of earlier lost messages.
    reasons = [
        sent.message.reason
        for sent in facts.messages
        if outcome is not ExplainOutcome.PENDING or not _is_lost(sent)
    ]
    reason = None if outcome in _GONE else reasons[0]
    if _is_unclear(outcome, facts.messages):
        reason = _WRONG_STATE
    return _verdict(
        facts,
        outcome,
        [_opening(outcome, facts.messages), *_alerted(facts), *lines, *preferences_es.sentences(facts)],
        reason,
    )


def _alerted(facts: ExplainFacts) -> list[str]:
    if facts.alerted_at is None:
        return []
    asked = f"Ningún medio le llegó: {sentences_es.at_time(facts.alerted_at)} se pidió"
    return [f"{asked} a la portería y a quien está de turno que la llamen o la busquen."]


def _opening(outcome: ExplainOutcome, messages: Sequence[SentMessage]) -> str:
    if _is_unclear(outcome, messages):
        return _UNPROVEN
    if outcome is ExplainOutcome.NOT_REACHED and any(map(_is_told_later, messages)):
        return _LATER
    if outcome is ExplainOutcome.NOT_REACHED and (why := _why_not_tried(messages)):
        return why
    waiting = [sent for sent in messages if reach_of(sent) is Reached.PENDING]
    if outcome is ExplainOutcome.PENDING and all(sent.refused for sent in waiting):
        return _STOPPED
    left = {sent.message.state for sent in messages if not _is_lost(sent)}
    unread = outcome is ExplainOutcome.PENDING and left == {State.WAITING}
    return _UNREAD if unread else _OPENINGS[outcome].format(how=_how(messages))


def _why_not_tried(messages: Sequence[SentMessage]) -> str | None:
    """Return the opening where nothing failed: each message was kept back, or was not due any more."""
    reasons = {sent.message.reason for sent in messages}
    if not reasons <= NOT_TRIED.keys():
        return None
    return next(said for reason, said in NOT_TRIED.items() if reason in reasons)


def _is_unclear(outcome: ExplainOutcome, messages: Sequence[SentMessage]) -> bool:
    return outcome is ExplainOutcome.NOT_REACHED and any(map(is_unproven, messages))


def _is_told_later(sent: SentMessage) -> bool:
    return has_lapsed(sent) and sent.later is not None


def _how(messages: Sequence[SentMessage]) -> str:
    """`por correo y por SMS`: how messages left, or the digest that has them."""
    ways = dict.fromkeys(
        "En un resumen" if went_in_digest(sent) else by_channel(sent.message)
        for sent in messages
        if reach_of(sent) in LEFT
    )
    return filters.lista([f"{way[:1].lower()}{way[1:]}" for way in ways])


def _is_lost(sent: SentMessage) -> bool:
    return reach_of(sent) is Reached.NOT_REACHED


def _left_out(facts: ExplainFacts) -> Verdict | None:
    for audience in facts.audiences:
        if audience.left_out is not None:
            lines = _why_left_out(audience.left_out.reason, audience.left_out.detail, audience)
            return _verdict(facts, ExplainOutcome.LEFT_OUT, lines, audience.left_out.reason)
    return None


def _why_left_out(reason: str, detail: str | None, kept: AudienceSnapshot) -> list[str]:
    if reason == ON_LEAVE:
        whose = f"la reemplazaba {detail}" if detail else "el aviso era para los demás del equipo"
        return [f"No: estaba en licencia o vacaciones; {whose}."]
    if reason == NOT_OPTED_IN:
        purposes = {str(group["opted_in"]) for group in kept.record.groups if "opted_in" in group}
        about = ", ".join(labels_es.CONSENTS.get(name, name).lower() for name in sorted(purposes))
        return [
            f"No: no había una autorización suya en pie para escribirle con esta finalidad ({about}).",
            "Qué hacer: pídale la autorización y regístrela; los avisos siguientes sí le llegan.",
        ]
    return [f"No: se la dejó por fuera. {sentences_es.reason(reason)}"]


def _without_audience(facts: ExplainFacts) -> Verdict | None:
    """Explain an event without any audience, for whichever person."""
    kind = BY_NAME.get(facts.event.event.name)
    if kind is not None and not kind.audiences:
        sentence = "No: este tipo de aviso no se le envía a nadie."
        return _verdict(facts, ExplainOutcome.NOT_MEANT, [sentence], "no_audience")
    if not facts.audiences:
        sentence = "No se sabe: el aviso entró cuando el centro todavía no guardaba a quién iba dirigido."
        return _verdict(facts, ExplainOutcome.NOT_MEANT, [sentence], "not_kept")
    if {audience.record.why for audience in facts.audiences} == {"quiet"}:
        sentence = "No: quien publicó el aviso pidió registrarlo sin avisarle a nadie (quiet)."
        return _verdict(facts, ExplainOutcome.NOT_MEANT, [sentence], "quiet")
    return None


def _missed(facts: ExplainFacts) -> Verdict:
    reasons = [answer for kept in facts.audiences for answer in missed.answers(kept, facts)]
    best = min(reasons, key=lambda answer: answer.rank)
    outcome = ExplainOutcome.PENDING if best.pending else ExplainOutcome.NOT_MEANT
    return _verdict(facts, outcome, best.sentences, best.reason)
