"""The demonstration and the examples are valid; what the scripts set up and give a hub by themselves."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from hub.catalog import BY_NAME
from hub.cloudevents import CONTENT_TYPE, decode, encode
from hub.cloudevents.schemas import Schemas
from hub.local import demo
from hub.local.demo import SOURCE, day_events, directory_events
from hub.local.instance import Instance
from hub.local.run import LocalHub
from hub.model import Event, Json
from hub.phones import can_text, normalize_phone
from tests.for_each import for_each
from tests.unit.test_docs import ROOT

NOW: Final = datetime(2026, 3, 10, 4, 30, tzinfo=UTC)  # 23:30 of the 9th in Bogotá
DIRECTORY: Final = directory_events(NOW)
DAY: Final = day_events(NOW)
SCHEMAS: Final = Schemas.load()
EXAMPLES: Final = sorted((Path(__file__).parents[2] / "examples").glob("*.json"))


def published(name: str) -> list[dict[str, Any]]:
    return [event.data for event in DIRECTORY if event.name == name]


PEOPLE: Final = {data["person_id"]: data for data in published("directory.person.upserted")}
UNITS: Final = {data["unit_id"] for data in published("directory.unit.upserted")}
MEMBERSHIPS: Final = published("directory.membership.upserted")


def references(node: Json) -> Iterator[str]:
    """Find every `ref`, `agent_id` and `by` in data."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"ref", "agent_id", "by"}:
                yield value
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


@for_each([*DIRECTORY, *DAY])
def test_demonstration_event_is_accepted(event: Event) -> None:
    SCHEMAS.check(event, now=NOW)

    assert decode(encode(event), CONTENT_TYPE, {}) == event
    assert event.source == SOURCE


def test_loading_twice_on_one_day_makes_the_same_ids() -> None:
    later = NOW + timedelta(minutes=20)
    first = [event.id for event in (*DIRECTORY, *DAY)]
    second = [event.id for event in (*directory_events(later), *day_events(later))]

    assert first == second
    assert len(set(first)) == len(first)


def test_another_day_is_another_demonstration_with_a_newer_directory() -> None:
    tomorrow = NOW + timedelta(days=1)

    assert not {event.id for event in DAY} & {event.id for event in day_events(tomorrow)}
    assert versions(DIRECTORY) == {20260309}
    assert versions(directory_events(tomorrow)) == {20260310}


def versions(events: Sequence[Event]) -> set[object]:
    """Return the versions of the entries; a consent has none."""
    return {event.data["version"] for event in events if event.name.startswith("directory.")}


def test_the_day_is_in_order_and_recent_enough_to_notify() -> None:
    times = [event.time for event in DAY]
    recent = [time for time in times if time > NOW - timedelta(hours=1)]

    assert times == sorted(times)
    assert len(recent) == len(times) - 1


def test_works_are_announced_in_time_with_both_reminders_to_come() -> None:
    works = next(event for event in DAY if event.name == "maintenance.scheduled.announced")

    assert datetime.fromisoformat(works.data["starts_at"]) - timedelta(hours=72) > NOW


def test_the_day_shows_each_case_that_it_promises() -> None:
    names = [event.name for event in DAY]

    assert names.count("pqrs.received") == 4
    assert set(names) >= {
        "admin.payment.received",
        "pqrs.replied",
        "pqrs.responded",
        "maintenance.request.received",
        "maintenance.request.assigned",
        "maintenance.request.completed",
        "maintenance.scheduled.announced",
        "emergency.declared",
        "emergency.acknowledged",
    }
    assert [event.data["drill"] for event in DAY if event.name == "emergency.declared"] == [True]


def test_people_live_in_existing_units() -> None:
    homes = {scope for m in MEMBERSHIPS if (scope := m["scope"]).startswith("unit:")}

    assert {m["person_id"] for m in MEMBERSHIPS} == set(PEOPLE)
    assert homes == {f"unit:{unit}" for unit in UNITS}
    assert len(UNITS) == 24


def test_staff_has_every_level_and_duty() -> None:
    staff = [m for m in MEMBERSHIPS if m["role"] == "staff"]

    assert {m["level"] for m in staff} == {1, 2, 3, 4, None}
    duties = {m["duty"] for m in staff}
    assert duties >= {"service", "maintenance", "front_desk", "on_call", "ops", "privacy_officer"}


def test_some_people_are_hard_to_reach() -> None:
    kinds = {frozenset(point["kind"] for point in person["contact_points"]) for person in PEOPLE.values()}
    phones = [
        p["value"] for person in PEOPLE.values() for p in person["contact_points"] if p["kind"] == "phone"
    ]

    assert kinds >= {frozenset(), frozenset({"phone"}), frozenset({"email"}), frozenset({"email", "phone"})}
    assert {can_text(normalize_phone(phone)) for phone in phones} == {True, False}


def test_nobody_real_can_be_reached() -> None:
    points = [point for person in PEOPLE.values() for point in person["contact_points"]]
    emails = [point["value"] for point in points if point["kind"] == "email"]
    phones = [point["value"] for point in points if point["kind"] == "phone"]

    assert [email for email in emails if not email.endswith("@example.com")] == []
    assert [phone for phone in phones if not phone.startswith(("300 000 01", "601 555 01"))] == []


@for_each(DAY)
def test_the_day_names_only_people_of_the_directory(event: Event) -> None:
    assert set(references(event.data)) <= set(PEOPLE)


@for_each(EXAMPLES)
def test_example_is_an_event_without_id_and_time(path: Path) -> None:
    """`hub publish` fills them in, so that the same file can be published again and again."""
    example = json.loads(path.read_text(encoding="utf-8"))
    kind = BY_NAME[path.stem]
    whole = {**example, "id": "1", "time": NOW.isoformat()}
    event = decode(json.dumps(whole).encode(), CONTENT_TYPE, {})

    assert set(example) == {"specversion", "type", "source", "datacontenttype", "data"}
    assert example["type"] == kind.type
    SCHEMAS.check(event, now=NOW)
    assert set(references(event.data)) <= set(PEOPLE)
    assert event.data.get("unit_id", "rio-casa-7") in {*UNITS, "rio-casa-7"}


@pytest.mark.parametrize(
    ("settings", "has_it", "loaded"),
    [
        ({}, False, 1),
        ({}, True, 0),
        ({"HUB_MODE": "live"}, False, 0),
        ({"HUB_REDIS_URL": "redis://127.0.0.1:6379/0"}, False, 0),
    ],
    ids=["the first time", "the next time", "live", "with a server that others may use"],
)
async def test_it_is_loaded_once_and_only_into_private_servers(
    settings: Mapping[str, str], has_it: bool, loaded: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    async def load(amqp_url: str, **_when: object) -> None:
        calls.append(amqp_url)

    monkeypatch.setattr(demo, "load", load)
    instance = Instance(tmp_path)
    if has_it:
        instance.demo_mark.touch()

    await LocalHub(instance, settings, demonstration=True)._load_demonstration()

    assert loaded == len(calls)
    assert instance.demo_mark.exists() is (has_it or loaded == 1)


def test_setting_that_needs_a_secret_starts_with_the_one_that_is_kept(tmp_path: Path) -> None:
    LocalHub(Instance(tmp_path), {"HUB_MAIL_DOMAIN": "respuestas.example"}, demonstration=True)
    kept = (tmp_path / "secret").read_text()
    LocalHub(Instance(tmp_path), {"HUB_MAIL_DOMAIN": "respuestas.example"}, demonstration=True)

    assert kept == (tmp_path / "secret").read_text()


def test_secret_of_a_person_is_used_and_none_is_kept(tmp_path: Path) -> None:
    LocalHub(Instance(tmp_path), {"HUB_SECRET": "clave" * 8}, demonstration=True)

    assert not (tmp_path / "secret").exists()


OURS = ("lib.sh", "progress.sh")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but what the scripts source."""
    (tmp_path / "scripts").mkdir()
    for name in OURS:
        shutil.copy(ROOT / "scripts" / name, tmp_path / "scripts")
    return tmp_path


def bash(checkout: Path, commands: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", f". scripts/lib.sh\n{commands}", "scripts/test"],
        cwd=checkout,
        env={"PATH": os.environ["PATH"], "PROGRESS_EVERY": "1", **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.skipif(shutil.which("flock") is None, reason="no flock")
def test_who_waits_for_another_set_up_is_told_for_whom_and_for_what(checkout: Path) -> None:
    first = bash(checkout, 'one_at_a_time; begin "Installing from Debian: chromium"; read -r _ || true')
    assert first.stdout
    assert "Installing from Debian: chromium\n" == first.stdout.readline()

    second = bash(checkout, 'one_at_a_time; say "mine"')
    assert second.stdout
    told = [second.stdout.readline() for _ in range(2)]
    first.communicate()
    rest, _ = second.communicate()

    who = f"scripts/test (process {first.pid}): Installing from Debian: chromium\n"
    assert [f"Waiting until another set-up of this checkout ends: {who}", f"  … 1 s: {who}"] == told
    assert rest.endswith("mine\n")


def test_what_is_silent_for_long_says_that_it_goes_on_and_its_failure_is_kept(checkout: Path) -> None:
    run = bash(checkout, 'with_progress "pip installs uv" bash -c "sleep 1.3; exit 3" || say "failed: $?"')
    shown, _ = run.communicate()

    assert ["  … 1 s: pip installs uv", "failed: 3"] == shown.splitlines()


@pytest.mark.parametrize(
    ("settings", "is_installed"), [({}, False), ({"CI": "true"}, True), ({"JAVA": "yes"}, True)], ids=str
)
def test_a_jdk_is_installed_only_where_it_is_asked_for(
    checkout: Path, settings: dict[str, str], *, is_installed: bool
) -> None:
    """A gate asks for it (CI=true), and tries the example wherever there is one."""
    run = bash(checkout, 'install_packages() { say "apt: $*"; }; install_java', **settings)
    shown, _ = run.communicate()

    assert is_installed is shown.startswith("apt: default-jdk-headless")
    assert is_installed is not ("JAVA=yes" in shown)
