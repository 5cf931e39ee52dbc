"""API keys: issue, check, renew, bind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from msgspec import structs

from hub.access.api_keys import issue, opens, prefix_of, renew, require_bound, require_directory_key
from hub.catalog import BY_NAME
from hub.errors import InvalidEvent, InvalidKey, StorageUnavailable
from hub.intake.source_bindings import SourceBindings
from hub.model import HUB_SOURCE, ApiKey, Event, RawMessage, Scope
from hub.resilience.cached import FRESH
from hub.testing import MemoryKeys
from hub.web.auth.api_key_cache import Keyring
from tests.contract.values import now
from tests.unit.factories import HOUR, MONDAY, event, incoming, somebody
from tests.unit.hub_in_memory import MemoryHub, memory_hub

CRM = "urn:coproservicios:crm"
DAY = timedelta(days=1)
NARROW: dict[str, Any] = {"source": CRM, "amqp_user": "crm", "event_types": ["pqrs.received"]}


@pytest.fixture
def hub() -> MemoryHub:
    return memory_hub()


def key(name: str = "crm", **fields: Any) -> tuple[ApiKey, str]:
    values: dict[str, Any] = {"scopes": {Scope.PUBLISH}, "known_types": BY_NAME, "by": "ana", "now": now()}
    return issue(name, **{**values, **fields})


def test_token_opens_only_its_own_key() -> None:
    one, token = key()
    other, _ = key()

    assert prefix_of(token) == one.prefix
    assert opens(one, token, now=now())
    assert not opens(other, token, now=now())
    assert not opens(one, token + "x", now=now())
    assert not opens(one, f"hub_{one.prefix}_", now=now())


def test_only_the_hash_of_a_key_is_stored_and_no_secret_is_shown() -> None:
    one, token = key()
    secret = token.split("_", 2)[2]

    assert one.hash == sha256(secret.encode()).digest()
    assert secret not in repr(one)
    assert len(secret) >= 43  # 32 bytes


@pytest.mark.parametrize("token", ["", "hub", "hub_", "hub_x", "hub_x_", "_x_y", "HUB_x_y", "ñ_\udcff_x"])
def test_foreign_token_has_no_prefix(token: str) -> None:
    assert prefix_of(token) is None


def test_key_ends_at_its_expiry_and_at_its_revocation() -> None:
    one, token = key(expires_at=now() + HOUR)

    assert opens(one, token, now=now())
    assert not opens(one, token, now=now() + HOUR)
    assert not opens(replace(one, revoked_at=now()), token, now=now())


def test_successor_has_the_same_rights_and_lifetime() -> None:
    at = now()
    one, token = key(
        source=CRM,
        event_types=["pqrs.received"],
        amqp_user="crm",
        cases_of=["urn:pay"],
        expires_at=at + DAY,
        now=at,
    )
    after, fresh = renew(one, by="luis", now=at + HOUR)

    assert fresh != token
    assert after.expires_at == at + HOUR + DAY
    assert (after.name, after.scopes, after.source) == (one.name, one.scopes, one.source)
    assert (after.event_types, after.amqp_user) == (one.event_types, one.amqp_user)
    assert after.cases_of == {"urn:pay"}


@pytest.mark.parametrize(
    "senseless",
    [
        {"name": ""},
        {"name": "a b"},
        {"name": "x" * 65},
        {"scopes": []},
        {"expires_at": MONDAY - HOUR},
        {"event_types": ["pqrs.received"]},
        {"amqp_user": "crm"},
        {"cases_of": ["urn:pay"]},
        {"source": CRM, "cases_of": [""]},
        {"source": CRM, "cases_of": ["URN:hub#x"]},
        {"source": ""},
        {"source": HUB_SOURCE},
        {"source": f"{HUB_SOURCE}:import"},
        {"source": CRM, "scopes": [Scope.READ]},
        {"source": CRM, "event_types": ["pqrs.recieved"]},
    ],
    ids=str,
)
def test_invalid_key_is_refused(senseless: dict[str, Any]) -> None:
    with pytest.raises(InvalidKey):
        key(**{"now": MONDAY, **senseless})


@pytest.mark.parametrize(
    ("source", "types", "field"),
    [
        (None, (), None),
        (CRM, (), None),
        (CRM, ("pqrs.received",), None),
        ("urn:other", (), "source"),
        (CRM, ("pqrs.replied",), "type"),
    ],
)
def test_bound_key_publishes_only_its_source_and_types(
    source: str | None, types: tuple[str, ...], field: str | None
) -> None:
    one = event("pqrs.received", source=CRM)

    if field is None:
        require_bound(one, source, types)
    else:
        with pytest.raises(InvalidEvent) as refused:
            require_bound(one, source, types)
        assert refused.value.field == field


def sent(event: Event, user: str | None) -> RawMessage:
    return structs.replace(incoming(event), user=user)


@pytest.mark.parametrize(
    ("user", "field"),
    [("crm", None), ("hub", None), (None, "source"), ("mallory", "source"), ("forms", "type")],
)
async def test_bound_source_is_accepted_only_from_its_user(
    hub: MemoryHub, user: str | None, field: str | None
) -> None:
    for name, types in (("crm", ()), ("forms", ("pqrs.replied",))):
        bound, _ = key(name, source=CRM, amqp_user=name, event_types=types)
        await hub.keys.add(bound)

    one = event("pqrs.received", source=CRM)
    await hub.take_in(sent(one, user))

    assert [letter.letter.field for letter in hub.letters] == ([] if field is None else [field])
    assert bool(hub.store.tables.events) == (field is None)


EMERGENCY = event("emergency.declared", source="urn:free")


@pytest.mark.parametrize("user", ["crm", "mallory", None])
async def test_once_a_key_binds_a_user_no_source_is_free(hub: MemoryHub, user: str | None) -> None:
    for bound, _ in (key(**NARROW), key("pay", source="urn:pay")):
        await hub.keys.add(bound)

    await hub.take_in(sent(EMERGENCY, user))
    await hub.take_in(sent(event("pqrs.received", source="urn:pay"), user))

    assert ["source", "source"] == [letter.letter.field for letter in hub.letters]
    assert {} == hub.store.tables.events
    assert [] == hub.store.messages


@pytest.mark.parametrize(
    ("source", "name", "field"),
    [
        (CRM, "pqrs.received", None),
        (CRM, "emergency.declared", "type"),
        ("urn:forms", "pqrs.received", "type"),
        ("urn:forms", "emergency.declared", None),
    ],
)
async def test_user_has_the_sources_and_types_of_its_own_keys(
    hub: MemoryHub, source: str, name: str, field: str | None
) -> None:
    forms = key("forms", source="urn:forms", amqp_user="crm", event_types=["emergency.declared"])
    for bound, _ in (key(**NARROW), forms):
        await hub.keys.add(bound)

    await hub.take_in(sent(event(name, source=source), "crm"))

    assert ([] if field is None else [field]) == [letter.letter.field for letter in hub.letters]


async def test_keys_of_one_user_and_source_add_up(hub: MemoryHub) -> None:
    for bound, _ in (key(**NARROW), key("more", **{**NARROW, "event_types": ["pqrs.replied"]})):
        await hub.keys.add(bound)

    await hub.take_in(sent(event("pqrs.received", source=CRM), "crm"))
    await hub.take_in(sent(event("pqrs.replied", source=CRM), "crm"))
    await hub.take_in(sent(event("emergency.declared", source=CRM), "crm"))

    assert ["type"] == [letter.letter.field for letter in hub.letters]


@pytest.mark.parametrize("ends", ["revoked", "expired"])
async def test_key_that_ends_gives_its_user_nothing(hub: MemoryHub, ends: str) -> None:
    """The last binding of all: a publisher whose key was stolen must not have more without it."""
    bound, _ = key(**NARROW, expires_at=now() + HOUR)
    await hub.keys.add(replace(bound, expires_at=now() - HOUR) if ends == "expired" else bound)
    await hub.keys.revoke("crm")

    for user in ("crm", "mallory", None):
        await hub.take_in(sent(structs.replace(EMERGENCY, id=f"of {user}"), user))

    assert ["source"] * 3 == [letter.letter.field for letter in hub.letters]
    assert {} == hub.store.tables.events


async def test_keys_that_bind_nobody_leave_every_source_free(hub: MemoryHub) -> None:
    """A dashboard's key that only reads must not stop all events."""
    for free, _ in (key("dashboard", scopes={Scope.READ}), key("pay", source="urn:pay")):
        await hub.keys.add(free)

    await hub.take_in(sent(EMERGENCY, None))

    assert [] == hub.letters


async def test_what_the_hub_itself_publishes_is_of_any_source(hub: MemoryHub) -> None:
    await hub.keys.add(key(**NARROW)[0])

    await hub.take_in(sent(EMERGENCY, "hub"))

    assert [] == hub.letters


@pytest.mark.parametrize(
    ("bound", "source", "user", "taken"),
    [
        (False, "urn:pay", None, True),
        (True, "urn:pay", "mallory", False),
        (True, CRM, "mallory", False),
        (True, CRM, "crm", True),
        (True, "urn:pay", "hub", True),
    ],
)
async def test_directory_is_written_only_for_a_bound_source_once_any_is_bound(
    hub: MemoryHub, source: str, user: str | None, *, bound: bool, taken: bool
) -> None:
    if bound:
        binding, _ = key(source=CRM, amqp_user="crm")
        await hub.keys.add(binding)

    await hub.take_in(sent(structs.replace(somebody("p-maria"), source=source), user))

    assert (taken, not taken) == (bool(hub.store.tables.events), bool(hub.letters))
    assert not any(kept.letter.proven for kept in hub.letters)


def test_directory_needs_a_key_that_is_bound_to_a_source() -> None:
    with pytest.raises(InvalidEvent, match="bound to a source"):
        require_directory_key(somebody("p-maria"), None)
    require_directory_key(somebody("p-maria"), CRM)
    require_directory_key(event("pqrs.received"), None)


async def test_bindings_apply_during_a_database_outage() -> None:
    store, seconds = MemoryKeys(now), [0.0]
    bound, _ = key(source=CRM, amqp_user="crm")
    await store.add(bound)
    senders = SourceBindings(store, own="hub", clock=lambda: seconds[0])
    one = event("pqrs.received", source=CRM)

    await senders.current()
    store.faults.script("live_keys", StorageUnavailable())
    seconds[0] += FRESH
    known = await senders.current()

    with pytest.raises(InvalidEvent):
        known.require(one, sent(one, None))


async def test_known_key_opens_without_database_and_revoked_key_stops_at_once() -> None:
    store, seconds = MemoryKeys(now), [0.0]
    one, token = key()
    await store.add(one)
    ring = Keyring(store, clock=lambda: seconds[0])

    known = await ring.caller(token)
    store.faults.script("live_keys", StorageUnavailable())
    seconds[0] += FRESH
    away = await ring.caller(token)
    await store.revoke("crm")
    seconds[0] += FRESH
    revoked = await ring.caller(token)

    assert known is not None
    assert known.who == "key:crm"
    assert away == known
    assert revoked is None


async def test_use_of_a_key_is_written_at_most_once_a_minute() -> None:
    store, seconds = MemoryKeys(now), [0.0]
    one, token = key()
    await store.add(one)
    ring = Keyring(store, clock=lambda: seconds[0])

    await ring.caller(token)
    [first] = await store.keys()
    await ring.caller(token)
    [second] = await store.keys()

    assert first.used_at is not None
    assert second.used_at == first.used_at
