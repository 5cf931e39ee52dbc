"""`hub.client`: events on the wire, read by the hub's own decoder, and what its wheel holds."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

import pytest

from hub import cloudevents
from hub.catalog import BY_NAME
from hub.client import CloudEvent, InvalidEvent, event_types
from hub.client.event import CONTENT_TYPE, MAX_BODY, envelope
from hub.client.publisher import EXCHANGE
from hub.cloudevents import decode
from hub.cloudevents.codec import MAX_BODY as HUBS_OWN
from hub.consumers.topology import DOMAIN_EVENTS
from hub.model import Event

NOW = datetime(2026, 3, 9, 13, 5, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
DATA = {"pqrs_id": "pqrs-1", "summary": "Ya revisamos su caso: «sí»."}


def read(source: str | None = "urn:my-system", **fields: Any) -> Event:
    made = envelope(CloudEvent(**{"type": "pqrs.replied", "data": DATA, **fields}), source=source, now=NOW)
    return decode(made.body, CONTENT_TYPE, {})


def test_hub_reads_the_event_that_was_meant() -> None:
    bogota = timezone(timedelta(hours=-5))
    given = read(
        id="reply-7",
        time=datetime(2026, 3, 9, 8, 0, tzinfo=bogota),
        subject="pqrs-1",
        traceparent=TRACE,
        extensions={"quiet": True},
    )

    assert given == Event(
        id="reply-7",
        source="urn:my-system",
        type="co.coproservicios.pqrs.replied.v1",
        time=datetime(2026, 3, 9, 13, 0, tzinfo=UTC),
        data=DATA,
        subject="pqrs-1",
        datacontenttype="application/json",
        extensions={"traceparent": TRACE, "quiet": True},
    )


@pytest.mark.parametrize(
    "kind", ["pqrs.recieved", "co.coproservicios.pqrs.recieved.v1", "x", "pqrs.v2", "notification.sent"]
)
def test_type_that_does_not_exist_is_refused_at_once(kind: str) -> None:
    with pytest.raises(InvalidEvent, match="type: unknown") as refused:
        read(type=kind)

    assert "type" == refused.value.field


def test_refused_type_names_what_is_near() -> None:
    with pytest.raises(InvalidEvent, match=r"near: pqrs\.received"):
        read(type="pqrs.recieved")


def test_client_knows_the_types_of_the_catalogue_and_no_others() -> None:
    assert event_types.names() == BY_NAME.keys()


def test_copy_of_the_client_without_schemas_leaves_types_to_the_hub(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(event_types, "names", frozenset)

    assert "pqrs.recieved" == read(type="pqrs.recieved").name


def test_full_type_is_the_same_event() -> None:
    assert read() == read(type="co.coproservicios.pqrs.replied.v1")


def test_same_event_has_the_same_id_and_another_one_another() -> None:
    assert read().id == read().id
    assert 4 == len({read().id, read("urn:other").id, read(data={}).id, read(time=NOW - timedelta(1)).id})


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"source": None}, "source"),
        ({"type": ""}, "type"),
        ({"time": datetime(2026, 3, 9)}, "time"),  # noqa: DTZ001 - that is the fault
        ({"data": {"at": NOW}}, "data"),
        ({"data": {"half": "\ud800"}}, "data"),
        ({"data": {"none": float("nan")}}, "data"),
        ({"extensions": {"id": "x"}}, "id"),
        ({"extensions": {"mendedby": "account:ana"}}, "mendedby"),
        ({"data": {"much": "x" * MAX_BODY}}, None),
    ],
)
def test_event_that_the_hub_could_not_read_is_not_published(
    fields: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(InvalidEvent) as refused:
        read(**fields)

    assert field == refused.value.field


def test_error_quotes_no_value() -> None:
    with pytest.raises(InvalidEvent) as refused:
        read(data={"name": "María", "at": {1, 2}})

    assert "María" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_client_and_hub_agree_on_the_wire() -> None:
    assert (HUBS_OWN, cloudevents.CONTENT_TYPE, DOMAIN_EVENTS) == (MAX_BODY, CONTENT_TYPE, EXCHANGE)


def test_client_imports_nothing_of_the_hub_but_its_errors() -> None:
    program = "import sys, hub.client; print(*sorted(m for m in sys.modules if m.partition('.')[0] == 'hub'))"
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert {
        "hub",
        "hub.client",
        "hub.client.confirms",
        "hub.client.connection",
        "hub.client.event",
        "hub.client.event_types",
        "hub.client.publisher",
        "hub.errors",
        "hub.hosts",
        "hub.tasks",
        "hub.tls",
    } == set(found.stdout.split())


ROOT: Final = Path(__file__).parents[2]


def project(place: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / place / "pyproject.toml").read_text())


def held() -> set[Path]:
    """Return the modules in the wheel, where they are in a checkout."""
    included = project("client")["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    sources = [(ROOT / "client" / source).resolve() for source in included]
    return {path for source in sources for path in ([source] if source.is_file() else source.rglob("*.py"))}


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def module_of(name: str) -> Path:
    """Return the file of a module, or of what is named in it."""
    place = ROOT.joinpath(*name.split("."))
    for path in (place / "__init__.py", place.with_suffix(".py")):
        if path.exists():
            return path
    return module_of(name.rpartition(".")[0])


def needed() -> set[Path]:
    """Return what `hub.client` imports of the hub, at any depth."""
    found, open_ = set[Path](), [*(ROOT / "hub/client").glob("*.py"), ROOT / "hub/__init__.py"]
    while open_:
        module = open_.pop()
        if module not in found:
            found.add(module)
            open_ += [module_of(name) for name in imported(module) if name.startswith("hub.")]
    return found


def test_wheel_holds_what_the_client_imports_of_the_hub_and_no_other_module() -> None:
    assert needed() == {path for path in held() if path.suffix == ".py"}


def test_wheel_asks_for_the_broker_alone_in_the_version_that_the_hub_asks_for() -> None:
    asked = project("client")["project"]["dependencies"]

    assert 1 == len(asked)
    assert set(asked) < set(project(".")["project"]["dependencies"])
