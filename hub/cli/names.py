"""Options that select messages. An error for an unknown channel or event suggests similar names."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.catalog import BY_NAME
from hub.channels.registry import NAMES
from hub.doors.terminal import one_of

known_channel = one_of("channel", NAMES)
OfChannel = Annotated[
    str | None,
    typer.Option("--channel", parser=known_channel, metavar="CHANNEL", help="email, sms, push, inbox …"),
]
OfEvent = Annotated[
    str | None,
    typer.Option(
        "--event", parser=one_of("event", BY_NAME), metavar="EVENT", help="An event type: pqrs.received."
    ),
]
OfEventId = Annotated[
    str | None, typer.Option("--event-id", help="The id that the publisher gave the event.")
]
OfPerson = Annotated[str | None, typer.Option("--person", help="A person's reference.")]
