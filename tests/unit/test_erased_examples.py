"""Examples of events, erased: `tests/vectors/erased.json` records of each text field whether it stays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from hub.catalog import BY_NAME, BY_TYPE, CATALOG
from hub.cloudevents.kept_texts import kept_of
from hub.model import Json
from hub.people.erasing import Traces, scrubbed
from tests.for_each import for_each
from tests.unit.factories import SCHEMAS

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
