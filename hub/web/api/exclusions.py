"""The register of excluded numbers over HTTP: load its list, and of which day it is; never who is in it."""

from __future__ import annotations

import asyncio
from datetime import date
from functools import partial
from typing import Annotated, Final

from aiohttp import web
from msgspec import Meta, Struct

from hub.errors import TooLate
from hub.operations.exclusions import read_list
from hub.operations.load_exclusions import to_load
from hub.web.auth.caller import note
from hub.web.responses import Refusal, json_answer
from hub.web.services import services

_LARGEST: Final = 4_000_000
"""Characters: some 200,000 numbers, which a web process reads and hashes without making others wait."""


class ExclusionsBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of the register, as the file that `hub exclusions load` takes."""

    list_date: Annotated[date, Meta(description="Of which day the list is.")]
    csv: Annotated[
        str,
        Meta(
            max_length=_LARGEST,
            description="The first line names the columns: `dato`, and `canal` if people have chosen some.",
        ),
    ]
    skip_bad: Annotated[bool, Meta(description="Leave out the lines that cannot be read.")] = False
    smaller: Annotated[bool, Meta(description="It may have less than half of what the one before has.")] = (
        False
    )


class ExclusionsAnswer(Struct, frozen=True, kw_only=True):
    list_date: date
    addresses: int
    bad_lines: int


async def load_exclusions(request: web.Request, body: ExclusionsBody) -> web.Response:
    """Load the list of excluded numbers instead of the one before; only hashes of it are stored."""
    deps = services(request)
    if not deps.ring:
        raise Refusal(503, "The hub has no HUB_SECRET, with which the list is hashed.", "hub secrets new")
    today = deps.policy.calendar.day_of(deps.now())
    loaded = await deps.exclusions.loaded()
    # Beside the loop: a long list is read for a second.
    reading = partial(
        to_load,
        body.csv.encode(),
        of=body.list_date,
        today=today,
        skip_bad=body.skip_bad,
        before=0 if loaded is None else loaded.addresses,
        smaller=body.smaller,
    )
    found = await asyncio.to_thread(reading)
    lines, bad = len(found.entries), len(found.bad_lines)
    await note(request, "exclusions.load", f"exclusions:{body.list_date}", lines=lines, bad=bad)
    try:
        count = await deps.exclusions.replace(found.entries, list_date=body.list_date)
    except TooLate as error:
        raise Refusal(409, f"{error}.", "GET /api/exclusions shows which.") from None
    return json_answer(ExclusionsAnswer(list_date=body.list_date, addresses=count, bad_lines=bad))


async def show_exclusions(request: web.Request) -> web.Response:
    """Show the day of the list of excluded numbers, its size by channel, and until when it is good."""
    deps = services(request)
    return json_answer(await read_list(deps.exclusions, policy=deps.policy, now=deps.now()))
