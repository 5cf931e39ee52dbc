"""A year of many buildings, each with a hub of its own, and the verdict of the judge."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from tests.lawful.counter import BOGOTA, Breach, Rule, miscounted, unlawful, withheld
from tests.lawful.facts import Owed, Term
from tests.lawful.moved_hub import MovedHub, bad_luck
from tests.lawful.town import DAYS, building, start

OF_PLANS: Final = frozenset({Rule.CONSENT, Rule.CHANNEL, Rule.PAYER, Rule.MARKED, Rule.UNWANTED})
"""Rules that planning decides; hours and limits are decided when a message leaves."""
EXAMPLES: Final = 3


@dataclass(kw_only=True)
class Findings:
    """The findings of a year; those of several buildings add up."""

    people: int = 0
    contacts: Counter[str] = field(default_factory=Counter)
    """Accepted by providers, by purpose."""
    rules: Counter[Rule] = field(default_factory=Counter)
    examples: dict[Rule, list[Breach]] = field(default_factory=dict)
    deaths: int = 0
    channels: Counter[str] = field(default_factory=Counter)
    plans: Counter[Rule] = field(default_factory=Counter)
    """Rules that a plan would have broken."""
    reactions: Counter[str] = field(default_factory=Counter)
    """Buttons of mails that people have pressed, and replies that they have written."""
    own: Counter[str] = field(default_factory=Counter)
    """Messages that the hub itself has made, by purpose: surveys, receipts of replies."""
    withheld: list[Owed] = field(default_factory=list)
    """Emergencies and legal notices that have not left."""
    terms: int = 0
    miscounted: list[Term] = field(default_factory=list)
    """Petitions that the hub would answer by another day than the law says."""

    def add(self, other: Findings) -> None:
        self.people += other.people
        self.contacts += other.contacts
        self.rules += other.rules
        self.deaths += other.deaths
        self.channels += other.channels
        self.plans += other.plans
        self.reactions += other.reactions
        self.own += other.own
        self.terms += other.terms
        self.miscounted += other.miscounted
        self.withheld += other.withheld
        for rule, breaches in other.examples.items():
            self.examples.setdefault(rule, []).extend(breaches)
            del self.examples[rule][EXAMPLES:]


def live_through(
    number: int,
    *,
    people: int,
    seed: int,
    days: int = DAYS,
    on_day: Callable[[datetime], None] = lambda _day: None,
) -> Findings:
    """Run one building through its year, and judge what its providers accepted."""
    # The hub's own jitter: the same seed makes the same year.
    random.seed(f"{seed}:{number}")
    luck, outages = bad_luck(seed, number, days)
    hub = MovedHub(building=building(number, people=people, seed=seed, days=days), luck=luck, outages=outages)
    # Until the messages that were held at the end have left.
    run_to_end(hub.run(start() + timedelta(days=days + 5), on_day))
    contacts = hub.contacts()
    findings = Findings(people=people, deaths=hub.deaths)
    findings.contacts.update(contact.purpose for contact in contacts)
    findings.channels.update(contact.channel for contact in contacts)
    findings.reactions.update(hub.readers.done)
    findings.terms, findings.miscounted = len(hub.terms()), miscounted(hub.terms())
    findings.withheld += withheld(contacts, hub.building.owed)
    findings.own.update(contact.purpose for contact in contacts if contact.about not in hub.building.book)
    facts = hub.ledger.facts()
    findings.plans.update(breach.rule for breach in unlawful(hub.planned, facts) if breach.rule in OF_PLANS)
    for breach in unlawful(contacts, facts):
        findings.rules[breach.rule] += 1
        shown = findings.examples.setdefault(breach.rule, [])
        if len(shown) < EXAMPLES:
            shown.append(breach)
    return findings


def run_to_end(work: Coroutine[None, None, None]) -> None:
    """Run on a loop of its own, without logs, of which a year has a million."""
    with without_logs(), asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(work)


@contextmanager
def without_logs() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()


def verdict(findings: Findings) -> str:
    """Return the findings, rule by rule, with some contacts of each."""
    purposes = ", ".join(f"{count} {purpose}" for purpose, count in findings.contacts.most_common())
    total = f"{findings.people} people, {findings.contacts.total()} contacts ({purposes})"
    said = ", ".join(f"{count} {what}" for what, count in findings.reactions.most_common())
    lines = [
        f"{total}, {findings.deaths} workers died, {findings.rules.total()} breaches",
        f"replies and buttons: {said}; {len(findings.withheld)} emergencies or legal notices did not leave",
        f"{findings.terms} petitions, {len(findings.miscounted)} with another term than the law's",
    ]
    for rule, count in findings.rules.most_common():
        lines.append(f"{count:6} {rule}")
        lines += [f"       {_shown(breach)}" for breach in findings.examples[rule]]
    return "\n".join(lines)


def _shown(breach: Breach) -> str:
    contact = breach.contact
    when = f"{contact.at.astimezone(BOGOTA):%a %Y-%m-%d %H:%M:%S}"
    return f"{when} {contact.person} {contact.channel} {contact.purpose} {contact.debt or contact.about}"
