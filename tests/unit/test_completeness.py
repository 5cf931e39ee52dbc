"""Everything that is declared is in use and has its parts; no module imports another in a circle."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from graphlib import TopologicalSorter

import grimp
import pytest

from hub.access.account_notices import RESET
from hub.access.colleague_calls import CALLED
from hub.catalog import BY_NAME, CATALOG
from hub.channels.registry import NAMES
from hub.consumers import events, messages, topology
from hub.consumers.worker import Consumer
from hub.desk.communications.reading import TRIED
from hub.health.incidents import BEGAN, ENDED, KINDS
from hub.health.monitor import CHECKS
from hub.inbound import emergency_replies, replies
from hub.intake.source_bindings import SourceBindings
from hub.messages.planning.undelivered import BOUNCE_REPORTED, HANDED_OVER, UNRECOGNISED
from hub.messages.planning.undelivered import NAME as UNDELIVERED
from hub.messages.planning.unreached_people import NAME as UNREACHED
from hub.model import CORRECTION, Lane, Step, StepKind
from hub.model.casework import FILED, WRITTEN
from hub.model.communications import CALLED as TO_COMMUNICATION
from hub.model.notice_digests import NAME as READY
from hub.model.reach import NAME as REACH
from hub.model.standing_tasks import DONE as TASK_DONE
from hub.model.standing_tasks import DUE as TASK_DUE
from hub.operations.residents.sign_in import REQUESTED
from hub.people.contact_changes import CHANGED
from hub.policy.clocks import ESCALATES
from hub.rendering.forms import CHANNELS as FORMS
from hub.sla import EVENTS, SUMMARY, step_event
from hub.sla.acknowledge import ACKNOWLEDGED
from hub.sla.daily_digest import DIGEST
from hub.testing import MemoryAppointments, MemoryKeys, MemoryPublisher, MemoryStore, SettableClock
from hub.timers.sealing import HEAD
from hub.web.console.return_link import sections_of
from hub.web.console.shell import SECTIONS
from hub.web.routes import ROUTES
from tests.unit.clock_factory import scheduled
from tests.unit.delivery_harness import make_harness
from tests.unit.factories import DESK, MONDAY, POLICY


def consumers() -> list[Consumer]:
    """All queues that the roles intake and delivery consume."""
    clock, publisher = SettableClock(MONDAY), MemoryPublisher()
    store, appointments = MemoryStore(clock), MemoryAppointments(clock)
    intake_consumers = events.consumers(
        context=DESK,
        senders=SourceBindings(MemoryKeys(clock), own=None),
        store=store,
        publisher=publisher,
        appointments=appointments,
        now=clock,
    )
    delivering = messages.consumers(
        deps=make_harness().deps(), store=store, publisher=publisher, appointments=appointments
    )
    return [*intake_consumers, *delivering]


def test_each_queue_is_consumed_by_one_consumer_and_each_consumer_has_its_queue() -> None:
    assert Counter(topology.QUEUES) == Counter(consumer.queue for consumer in consumers())


def test_each_queue_of_events_is_fed() -> None:
    fed = {binding.destination for binding in topology.BINDINGS if not binding.to_exchange}

    assert {topology.events_queue(lane) for lane in Lane} == fed


def test_each_type_of_event_is_bound_to_the_lane_of_its_entry_and_to_no_other() -> None:
    bound = sorted(
        (binding.key, binding.destination)
        for binding in topology.BINDINGS
        if binding.source == topology.HUB_LANES
    )

    assert sorted((kind.name, topology.events_queue(kind.lane)) for kind in CATALOG) == bound


def test_each_exchange_that_is_bound_is_declared() -> None:
    declared = {exchange.name for exchange in topology.EXCHANGES}
    exchanges = {binding.source for binding in topology.BINDINGS} | {
        binding.destination for binding in topology.BINDINGS if binding.to_exchange
    }

    assert exchanges <= declared


def test_each_channel_that_can_be_built_has_queues_and_texts() -> None:
    assert sorted(NAMES) == sorted(topology.CHANNELS)
    assert set(topology.CHANNELS) <= FORMS.keys()


def test_each_event_of_the_hubs_own_is_published_somewhere() -> None:
    own = {
        ACKNOWLEDGED,
        replies.NAME,
        replies.ANSWERED,
        emergency_replies.NAME,
        UNDELIVERED,
        UNREACHED,
        BOUNCE_REPORTED,
        CALLED,
        CORRECTION,
        TO_COMMUNICATION,
        TRIED,
        UNRECOGNISED,
        HANDED_OVER,
        CHANGED,
        FILED,
        WRITTEN,
        RESET,
        BEGAN,
        ENDED,
        HEAD,
        REQUESTED,
        READY,
        REACH,
        TASK_DUE,
        TASK_DONE,
    }
    # An event that follows another one is published by others too.
    own_events = {SUMMARY, DIGEST, *own}.union(*EVENTS.values()) - EVENTS[StepKind.FOLLOW_UP]

    assert {kind.name for kind in CATALOG if kind.hub_emitted} == own_events


def test_each_kind_of_step_has_events_in_the_catalogue() -> None:
    assert set(EVENTS) == set(StepKind)
    followed = EVENTS[StepKind.FOLLOW_UP]
    own = {name for names in EVENTS.values() for name in names} - followed
    assert all(BY_NAME[name].hub_emitted for name in own)
    assert not any(BY_NAME[name].hub_emitted for name in followed)


@pytest.mark.parametrize("name", ESCALATES)
@pytest.mark.parametrize("kind", [StepKind.ESCALATE, StepKind.REMIND])
def test_each_escalation_makes_the_event_of_its_promise(name: str, kind: StepKind) -> None:
    clock = replace(scheduled(POLICY.clocks[name], MONDAY, policy=POLICY), name=name)
    step = Step(kind=kind, at=MONDAY, from_level=1, to_level=2)

    assert ESCALATES[name] == step_event(clock, step, now=MONDAY).name


def test_each_kind_of_incident_has_a_check() -> None:
    assert {kind.name for kind in KINDS} == CHECKS.keys()


_WITHOUT_NAVIGATION = {
    *("posters", "search", "events", "keys", "webhooks", "bulk", "imports", "duplicates"),
    *("clocks", "replies", "files", "approvals", "registrations"),
}
"""Sections that another one leads to, and lists that are views of the matters now."""


def test_no_modules_import_each_other_inside_functions_neither() -> None:
    graph = grimp.build_graph("hub", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # Raises CycleError, which names the modules.
    assert len(graph.modules) == len(list(TopologicalSorter(imports).static_order()))


def test_sign_in_leads_back_to_each_section_and_nowhere_else() -> None:
    shown = {section.path.strip("/").partition("?")[0] for section in SECTIONS} - {""}
    assert shown | _WITHOUT_NAVIGATION == sections_of(ROUTES)


def test_the_way_of_an_event_loads_nothing_of_the_desk() -> None:
    program = "import sys, hub.app.process; print(*(name for name in sys.modules if name.startswith('hub.')))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()

    assert [] == [name for name in loaded if name.split(".")[1] in {"desk", "doors", "web", "cli"}]
