"""Documents set once: a test that asks for the same PDF as everybody needs no new one each time."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from hub.errors import PaperFailure
from hub.rendering.paper import child
from tests.integration.two_buildings import MARKS

_TYPESET: Final = "typeset"


@contextmanager
def printed_once() -> Iterator[None]:
    """
    Give the first document of each template, shape and building for all others; refuse what was refused.

    A document is half a second of a core. Who asks gets a real one of this building, perhaps of another
    person: it is for tests of who may ask.
    """
    made: dict[str, bytes] = {}
    refused: set[bytes] = set()
    run = child.run

    async def once(program: Path, *arguments: str, given: bytes, **limits: Any) -> bytes:
        name = f"{shape_of(given)} {marks_in(given)}" if program.stem == _TYPESET else ""
        if given in refused:
            raise PaperFailure("The document could not be set.")
        try:
            pdf = made[name] if name in made else await run(program, *arguments, given=given, **limits)
        except PaperFailure:
            refused.add(given)
            raise
        return made.setdefault(name, pdf) if name else pdf

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(child, "run", once)
        yield


def marks_in(given: bytes) -> list[str]:
    """Return the buildings that a document names: that of one is never shown to who may see the other."""
    return [mark for mark in MARKS if mark.encode() in given]


def shape_of(given: bytes) -> str:
    """Return the template with the number of parts in its data: a batch has other pages than a letter."""
    job = msgspec.json.decode(given)
    data = job["data"] if isinstance(job["data"], dict) else {"": job["data"]}
    parts = {name: len(value) for name, value in data.items() if isinstance(value, list | dict)}
    return f"{job['template']} {sorted(parts.items())}"
