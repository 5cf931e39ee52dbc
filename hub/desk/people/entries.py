"""The scope of a directory entry to be written, and the people it names. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from hub.model import Event

COMPANY: Final = frozenset({"person", "leave"})
"""
Nouns that belong to no copropiedad.

A person may live in two: a contact point that one of them corrects also receives the other's messages. A
leave applies to all duties of a person, in every copropiedad.
"""
Named = tuple[str | None, AbstractSet[str]]
"""(scope, people) of an entry."""


def named_by(noun: str, event: Event) -> Named:
    """
    Return where the entry of a validated `directory.*` event will belong, and the people it names.

    The scope is None for a removal, and for a noun without a copropiedad. Only the fields of its noun count:
    a schema allows unknown fields, and they mean nothing.
    """
    read = _READERS.get(noun) if event.name.endswith(".upserted") else None
    return (None, set()) if read is None else read(event.data)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Named]]] = {
    **dict.fromkeys(
        ("copropiedad", "unit"), lambda data: (f"copropiedad:{data['copropiedad_id']}", frozenset())
    ),
    **dict.fromkeys(("person", "leave"), lambda data: (None, {data["person_id"]})),
    "membership": lambda data: (data["scope"], {data["person_id"]}),
    "rota": lambda data: (data["scope"], {shift["person_id"] for shift in data["shifts"]}),
}
