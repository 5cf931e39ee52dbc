"""An intake that has no settings of channels plans with those that delivery has told of."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

import pytest
from structlog.testing import capture_logs

from hub.app import known_channels
from hub.app.container import open_parts
from hub.app.known_channels import LINKS, KnownChannels, keep_told
from hub.app.roles import to_tell
from hub.app.work import once
from hub.channels.registry import NAMES, TRAITS, traits_of
from hub.errors import StorageUnavailable
from hub.messages.planning.plan import Rules
from hub.model import Event, State
from hub.settings import load
from hub.tasks import cancel
from tests.acceptance.harness import until
from tests.unit.factories import DESK, POLICY, event
from tests.unit.hub_in_memory import MemoryHub, memory_hub

OWN = ("inbox", "print")
URL = "file:///tmp/outbox"


@dataclass
class Told:
    """What delivery tells and intake asks for; `away`: the database does not answer."""

    names: Collection[str] = ()
    away: bool = False
    asked: int = 0
    writes: list[Collection[str]] = field(default_factory=list)

    async def ask(self) -> Collection[str]:
        self.asked += 1
        if self.away:
            raise StorageUnavailable
        return self.names

    async def tell(self, names: Collection[str]) -> None:
        self.writes.append(names)
        if self.away:
            raise StorageUnavailable
        self.names = names


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_channels, "EVERY", 0.0)
    monkeypatch.setattr(known_channels, "AGAIN", 0.0)


def hub_with(known: KnownChannels) -> MemoryHub:
    hub = memory_hub()
    hub.context = replace(DESK, rules=Rules(channels=known.traits, policy=POLICY))
    return hub


def from_somebody_with_a_phone(number: int) -> Event:
    """A petition of nobody in the directory; only a text can reach him."""
    petitioner = {"name": "Pedro Gómez", "phone": "+573001234567"}
    return event("pqrs.received", {"petitioner": petitioner, "pqrs_id": f"{number}"}, id=f"{number}")


def test_each_channel_has_traits_and_they_keep_the_order_of_the_registry() -> None:
    assert NAMES == tuple(TRAITS)
    assert list(NAMES) == list(traits_of(reversed(NAMES)))
    assert list(NAMES) == [traits.name for traits in TRAITS.values()]


def test_channel_of_a_newer_hub_is_left_out() -> None:
    assert {"email": TRAITS["email"]} == traits_of(["email", "telegraph"])


LIVE = {"HUB_MODE": "live"}


@pytest.mark.parametrize(
    ("roles", "given", "asks"),
    [
        ("intake", LIVE, True),
        ("intake timers web", LIVE, True),
        ("intake", {"HUB_MODE": "allowlist", "HUB_ALLOW_RECIPIENTS": "a@b.co"}, True),
        ("intake", {**LIVE, "HUB_VOICE_URL": URL}, True),  # nothing builds that channel
        ("intake", {**LIVE, "HUB_SMS_URL": URL}, False),
        ("intake", {}, False),  # capture: each channel is a folder
        ("intake delivery", LIVE, False),
        ("web", LIVE, False),
    ],
)
async def test_intake_asks_only_where_neither_its_settings_nor_a_delivery_beside_it_names_channels(
    roles: str, given: Mapping[str, str], *, asks: bool
) -> None:
    async with open_parts(load(given, terminal=False), "test", frozenset(roles.split())) as parts:
        assert asks == (parts.known_channels is not None)


async def test_channel_that_delivery_gets_later_is_planned_with() -> None:
    told = Told({"email", *OWN})
    known = KnownChannels(told.ask)
    hub = hub_with(known)
    used: list[set[str]] = []
    for number, names in enumerate([["email", *OWN], ["email", "sms", *OWN], OWN]):
        told.names = names
        await known.look()
        sent = from_somebody_with_a_phone(number)
        await hub.take_in(sent)
        used.append({message.channel for message in hub.of(sent) if message.state is State.QUEUED})

    assert [{"print"}, {"sms"}, {"print"}] == used


async def test_intake_without_a_secret_learns_of_delivery_whether_messages_have_links() -> None:
    """Without it nobody in docker-compose.yml is texted: its intake holds no HUB_SECRET (decision 0161)."""
    told = Told()
    known = KnownChannels(told.ask)
    said: list[tuple[bool, list[str]]] = []
    for names in (["sms", *OWN], ["sms", *OWN, LINKS], ["sms", *OWN]):
        told.names = names
        await known.look()
        said.append((known.links, list(known.traits)))

    assert [(has, ["sms", *OWN]) for has in (False, True, False)] == said


@pytest.mark.parametrize(("more", "has"), [({"HUB_SECRET": "s" * 32}, True), ({}, False)])
async def test_delivery_tells_of_links_beside_its_channels(more: Mapping[str, str], *, has: bool) -> None:
    given = {**LIVE, "HUB_PUBLIC_URL": "https://hub.example.co", **more}
    async with open_parts(load(given, terminal=False), "test", frozenset({"delivery"})) as parts:
        assert [*OWN, *([LINKS] if has else [])] == list(to_tell(parts))


async def test_nothing_is_consumed_until_delivery_has_told() -> None:
    told, stop, consuming = Told(), asyncio.Event(), asyncio.Event()
    known = KnownChannels(told.ask)
    with capture_logs() as logs:
        keeping = asyncio.create_task(known.keep())
        beginning = asyncio.create_task(once(known.known, lambda: set_soon(consuming), stop))
        await until(lambda: told.asked > 3, "some looks")
        before = (consuming.is_set(), known.known.is_set())
        told.names = OWN
        await asyncio.wait_for(beginning, 5)
        await cancel(keeping)

    assert ((False, False), (True, True)) == (before, (consuming.is_set(), known.known.is_set()))
    assert ["channels.awaited", "channels.known"] == [line["event"] for line in logs]
    assert ["inbox", "print"] == logs[1]["channels"]


async def test_stop_ends_the_wait_and_nothing_is_consumed() -> None:
    stop, consuming = asyncio.Event(), asyncio.Event()
    stop.set()

    await asyncio.wait_for(once(asyncio.Event(), lambda: set_soon(consuming), stop), 5)

    assert not consuming.is_set()


@pytest.mark.parametrize("lost", [False, True], ids=["database_away", "row_gone"])
async def test_what_was_told_last_is_kept(*, lost: bool) -> None:
    told = Told(["sms", *OWN])
    known = KnownChannels(told.ask)
    await known.look()
    told.away, told.names = not lost, ()
    await known.look()

    assert ["sms", *OWN] == list(known.traits)
    assert known.known.is_set()


async def test_delivery_tells_again_and_again_also_after_the_database_was_away() -> None:
    told = Told(away=True)
    telling = asyncio.create_task(keep_told(told.tell, ["email", *OWN]))
    await until(lambda: bool(told.writes), "a first write")
    told.away = False
    await until(lambda: bool(told.names), "a write that is kept")
    told.names = ()  # another process has written, or the table was emptied
    await until(lambda: bool(told.names), "one more write")
    await cancel(telling)

    assert ["email", *OWN] == list(told.names)


async def set_soon(event: asyncio.Event) -> None:
    event.set()
