"""Documents set once: a test that asks for the same PDF as everybody needs no new one each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from hub.errors import PaperFailure
from hub.rendering.paper import child

_TYPESET: Final = "typeset"


@contextmanager
def printed_once() -> Iterator[None]:
    """
    Give the first document of each template for all others of it, and refuse at once what was refused before.

    A document is half a second of a core. Who asks gets a real one, perhaps of another: it is for
    tests of who may ask.
    """
    made: dict[str, bytes] = {}
    refused: set[bytes] = set()
    run = child.run

    async def once(program: Path, *arguments: str, given: bytes, **limits: Any) -> bytes:
        name = msgspec.json.decode(given)["template"] if program.stem == _TYPESET else ""
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
