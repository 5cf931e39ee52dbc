"""Rest of an event once a person is erased from it: in general, and of each example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from hub.catalog import BY_NAME, BY_TYPE, CATALOG
from hub.cloudevents.kept_texts import kept_of
from hub.model import Json
from hub.people.erasing import Traces, addresses_in, concerns, is_alone, scrubbed, without_inline
from tests.for_each import for_each
from tests.unit.factories import SCHEMAS

HER: Final = Traces(refs=frozenset({"p-1"}), words=("maría peña", "maria@example.com"))


KEPT: Final = frozenset(
    {("pqrs_id",), ("kind",), ("received_at",), ("subject_id",), ("petitioner", "ref"), ("calls", "at")}
)


def erased(data: Mapping[str, Json]) -> Json:
    return scrubbed(data, HER, alone=is_alone(data, HER), kept=KEPT)


def test_event_about_her_alone_keeps_ids_instants_and_words_of_lists() -> None:
    data = {
        "pqrs_id": "PQ-1",
        "kind": "queja",
        "received_at": "2026-03-09T08:00:00-05:00",
        "subject": "Mi vecina del 301 grita",
        "petitioner": {"ref": "p-1", "name": "María Peña"},
        "amount": 3,
    }

    assert {
        **data,
        "subject": "",
        "petitioner": {"ref": "p-1", "name": ""},
    } == erased(data)


def test_text_stays_at_its_own_place_only() -> None:
    data = {
        "subject_id": "p-1",
        "at": "2026-03-09",
        "calls": [{"at": "2026-03-09", "kind": "una queja", "by": {"at": "2026-03-09"}}],
        "calls.at": "2026-03-09",
    }

    assert {
        "subject_id": "p-1",
        "at": "",
        "calls": [{"at": "2026-03-09", "kind": "", "by": {"at": ""}}],
        "calls.at": "",
    } == erased(data)


def test_event_with_others_loses_only_what_is_hers() -> None:
    other = {"name": "Sofía", "email": "sofia@example.com"}
    data = {
        "subject": "Ruido",
        "title": "Queja de María Peña",
        "petitioner": [{"ref": "p-1", "name": "María Peña"}, other],
    }

    assert {"subject": "Ruido", "title": "", "petitioner": [{"ref": "p-1", "name": ""}, other]} == erased(
        data
    )


def test_staff_at_work_is_nobody_else() -> None:
    assert is_alone({"petitioner": {"ref": "p-1"}, "assignee": {"ref": "p-staff"}}, HER)
    assert not is_alone({"petitioner": {"ref": "p-1"}, "counterparty": {"ref": "p-2"}}, HER)


def test_words_that_she_wrote_from_a_shared_address_go() -> None:
    data = {"person": "p-1", "sender": {"name": "Vecino", "email": "casa@example.com"}, "excerpt": "Hola"}

    assert "" == erased(data)["excerpt"]


def test_words_of_who_wrote_from_her_address_stay() -> None:
    data = {"person": "p-2", "sender": {"name": "Vecino", "email": "maria@example.com"}, "excerpt": "Hola"}

    assert {"person": "p-2", "sender": {"name": "", "email": ""}, "excerpt": "Hola"} == erased(data)


def test_event_that_says_nothing_of_her_does_not_concern_her() -> None:
    assert not concerns({"petitioner": {"ref": "p-10"}, "subject": "Ruido"}, HER)
    assert concerns({"text": "dice MARÍA PEÑA que…"}, HER)


def test_addresses_are_compared_as_messages_write_them() -> None:
    found = addresses_in({"a": "300 123 4567", "b": [" M@Example.com "], "c": "hola"})

    assert {"300 123 4567": "+573001234567", " M@Example.com ": "M@example.com"} == found


def test_people_without_a_reference_are_taken_out_and_others_stay() -> None:
    data = {"petitioner": [{"name": "Ana", "email": "a@example.com"}, {"ref": "p-2", "name": "B"}]}

    assert {"petitioner": [{"name": ""}, {"ref": "p-2", "name": "B"}]} == without_inline(data)


ROOT: Final = Path(__file__).parents[2]
RECORDED: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    (ROOT / "tests/vectors/erased.json").read_text(encoding="utf-8")
)
"""Event → text field of its examples → `stays` or `goes` once the event is about the erased person alone."""
NOBODY: Final = Traces(refs=frozenset())


def examples() -> Iterator[tuple[str, Json]]:
    """Yield the data of each example, in the schemas and among the files for publishers."""
    for kind in CATALOG:
        for data in SCHEMAS.by_name[kind.name].examples:
            yield kind.name, data
    for path in sorted(ROOT.glob("examples/*.json")):
        event = json.loads(path.read_text(encoding="utf-8"))
        yield BY_TYPE[event["type"]].name, event["data"]


def texts(value: Json, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and the words of each text that has any; places in lists have no name."""
    if isinstance(value, str) and value:
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from texts(part, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, path)


def fates() -> dict[str, dict[str, str]]:
    """Return what becomes of the text fields of all examples."""
    found: dict[str, dict[str, str]] = {}
    for name, data in examples():
        left = list(texts(scrubbed(data, NOBODY, alone=True, kept=kept_of(BY_NAME[name].type))))
        for path, words in texts(data):
            fate = "stays" if (path, words) in left else "goes"
            known = found.setdefault(name, {}).setdefault(path, fate)
            found[name][path] = fate if known == fate else "depends on its words"
    return found


FATES: Final = fates()


@for_each(sorted(RECORDED))
def test_recorded_fields_of_each_example_stay(name: str) -> None:
    now: dict[str, Any] = FATES[name]

    assert RECORDED[name] == {path: fate for path, fate in now.items() if path in RECORDED[name]}
