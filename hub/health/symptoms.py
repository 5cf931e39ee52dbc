"""Symptoms: faults that the checks measured, each with its incident's key; a stop explains some. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from hub.business_time.dates import ZONE
from hub.model import Gap, Lane, Remaining, Symptom, is_hub_source
from hub.model.exclusions import ExclusionList
from hub.model.incidents import DOCUMENT
from hub.model.webhooks import LateWebhook
from hub.policy.limits import ExclusionPolicy
from hub.policy.monitoring import MonitorPolicy

RESTS: Final = "No se le llama mientras descansa"
_SHOWN: Final = 60
"""Characters of a name that others have chosen: a title fits into a text message."""


def of_circuits(open_ones: Iterable[str]) -> Iterator[Symptom]:
    """Report each provider (`sms:twilio`) whose circuit is not closed in some process."""
    for place in open_ones:
        if place.partition(":")[0] != DOCUMENT:
            yield Symptom(key=f"circuit:{place}", measured=RESTS)


def of_document_hosts(open_ones: Iterable[str]) -> Iterator[Symptom]:
    """Report each host of documents whose circuit is not closed in some process."""
    for place in open_ones:
        channel, _, host = place.partition(":")
        if channel == DOCUMENT:
            yield Symptom(key=f"document_host:{host[:_SHOWN]}", measured=RESTS)


def of_ages(oldest: Mapping[tuple[str, Lane], timedelta], policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report the queues too old for the policy; `oldest`: (channel, lane) → age of the oldest message."""
    for (channel, lane), age in sorted(oldest.items()):
        if age > policy.queue_max_age[lane]:
            yield Symptom(key=f"queue_age:{channel}:{lane}", measured=f"Espera desde hace {length(age)}")


def of_queues(unattended: Mapping[str, int]) -> Iterator[Symptom]:
    """Report roles with messages and no consumer; `unattended`: queue without a consumer → ready messages."""
    for role, prefix in (("intake", "hub.events."), ("delivery", "hub.messages.")):
        queues = {name: ready for name, ready in unattended.items() if ready and name.startswith(prefix)}
        if queues:
            waiting = sum(queues.values())
            measured = "Espera 1" if waiting == 1 else f"Esperan {waiting}"
            yield Symptom(key=f"unattended:{role}", measured=measured)


def of_letters(opened: int, lately: int, policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report the open dead letters if any of them came `lately`, or more are open than the policy allows."""
    if lately or opened > policy.max_dead_letters:
        open_letters = "1 abierto" if opened == 1 else f"{opened} abiertos"
        yield Symptom(key="dead_letters", measured=f"{open_letters}, {lately} de la última hora")


def of_wrong_senders(found: Sequence[tuple[str | None, str | None]]) -> Iterator[Symptom]:
    """Report the events that their senders may not publish, newest first: (source, sender) of each."""
    if found:
        source, sender = found[0]
        whose = "del centro mismo" if is_hub_source(source or "") else f"de {(source or 'nadie')[:_SHOWN]}"
        who = f"de {sender[:_SHOWN]}" if sender else "sin identificarse"
        measured = f"{len(found)}; el último en nombre {whose}, {who}"
        yield Symptom(key="impersonation", measured=measured)


def of_webhooks(off: Sequence[tuple[str, str, str]]) -> Iterator[Symptom]:
    """Report the webhooks that are off: (id, source, error) of each."""
    for webhook, source, error in off:
        yield Symptom(key=f"webhook:{webhook}", measured=f"De {source[:_SHOWN]}; lo último: {error}")


def of_late_webhooks(late: Sequence[LateWebhook]) -> Iterator[Symptom]:
    """Report the webhooks that are on and whose events wait too long."""
    for webhook in late:
        error = f"; lo último: {webhook.error}" if webhook.error else ""
        measured = f"De {webhook.source[:_SHOWN]}; el más antiguo hace {length(webhook.age)}{error}"
        yield Symptom(key=f"webhook_age:{webhook.id}", measured=measured)


def of_old_exclusions(loaded: ExclusionList | None, today: date, rules: ExclusionPolicy) -> Iterator[Symptom]:
    """Report the list of excluded numbers before it is too old; without one nobody advertises, or waits."""
    if loaded is not None and rules.is_due(loaded.list_date, today):
        age = length(today - loaded.list_date)
        end = "ya no sirve" if not rules.holds(loaded.list_date, today) else "todavía sirve"
        yield Symptom(key="exclusions", measured=f"Es del {loaded.list_date:%d/%m}, hace {age}; {end}")


def of_waiting_advertising(loaded: ExclusionList | None, waiting: int) -> Iterator[Symptom]:
    """Report commercial messages that wait because no list may be asked."""
    if waiting:
        which = f"la lista es del {loaded.list_date:%d/%m}" if loaded is not None else "no hay lista"
        some = "1 mensaje espera" if waiting == 1 else f"{waiting} mensajes esperan"
        yield Symptom(key="register", measured=f"{some}; {which}")


def of_unknown_codes(number: int, policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report wrong codes of messages, so many that people may hold messages that are not ours."""
    if number > policy.max_unknown_codes:
        yield Symptom(key="unknown_codes", measured=f"{number} en la última hora")


def of_unrecognised(number: int, policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report that several people do not recognise messages of the hub."""
    if number > policy.max_unrecognised:
        yield Symptom(key="unrecognised", measured=f"{number} mensajes en la última hora")


def of_audit(age: timedelta, policy: MonitorPolicy) -> Iterator[Symptom]:
    if age > policy.audit_max_age:
        yield Symptom(key="auditor", measured=f"Última ronda hace {length(age)}")


def of_balance(left: Remaining, policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report a low balance: the limit in the provider's own description, else the policy's by currency."""
    limit = left.low if left.low is not None else policy.min_balance.get(left.currency)
    if limit is not None and left.amount < limit:
        yield Symptom(key=f"balance:{left.place}", measured=f"Quedan {left.amount} {left.currency}")


def of_clock(whose: str, apart: timedelta, policy: MonitorPolicy) -> Iterator[Symptom]:
    """Report a clock that is apart from the database's: that of a host of the hub, or of another server."""
    if apart > policy.max_clock_skew:
        # The key names it: another clock, which is right, must not resolve this incident.
        yield Symptom(key=f"skew:{whose}:postgresql", measured=f"{apart.total_seconds():.0f} s")


def of_gaps(gaps: Sequence[Gap]) -> Iterator[Symptom]:
    """Report when events may have been lost, from the first to the last gap that a process has noticed."""
    if gaps:
        starts = [gap.since for gap in gaps if gap.since is not None]
        ends = [gap.until for gap in gaps if gap.until is not None]
        since = f"desde las {_hour(min(starts))}" if starts else "desde antes"
        until = f"hasta las {_hour(max(ends))}" if len(ends) == len(gaps) else "y aún falta"
        yield Symptom(key="topology", measured=f"Sin camino {since}, {until}")


def of_excess(found: Mapping[tuple[Lane, str], int]) -> Iterator[Symptom]:
    """Report each sender above their rate, with how many events went to the lane below."""
    for (lane, sender), events in sorted(found.items()):
        # The key is part of an event's id, whose length is limited.
        key = f"sender_rate:{lane}:{sender[:_SHOWN]}"
        yield Symptom(key=key, measured=f"{events} de más hace un momento")


def _hour(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%H:%M:%S del %d/%m")


def of_servers(answers: Mapping[str, bool]) -> Iterator[Symptom]:
    for name, well in answers.items():
        if not well:
            yield Symptom(key=f"server:{name}", measured="Sin respuesta")


def length(age: timedelta) -> str:
    """Format a duration for people: `90 s`, `12 min`, `3 h`, `4 días`."""
    if age.days > 1:
        return f"{age.days} días"
    seconds = int(age.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


_BACKLOG: Final = frozenset({"delivery", "timers"})
"""While one of these is away, messages wait longer than they may."""


def is_expected(key: str, stops: Mapping[str, bool]) -> bool:
    """
    Return whether a planned stop explains the symptom with this key.

    `stops` are the roles within their term, each with whether it has worked since: then its stop explains
    nothing more. Only the backlog, which outlasts a stop, waits for the whole term. A process that dies says
    nothing, so that its incident begins as soon as ever.
    """
    kind, _, subject = key.partition(":")
    if kind == "queue_age":
        return not _BACKLOG.isdisjoint(stops)
    role = {"auditor": "timers", "unattended": subject}.get(kind, "")
    return not stops.get(role, True)
