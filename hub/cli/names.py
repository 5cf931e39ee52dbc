"""Options that select messages. An error for an unknown channel or event suggests similar names."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Annotated
from uuid import UUID

import typer

from hub.catalog import BY_NAME
from hub.channels.registry import NAMES


def known_channel(text: str) -> str:
    """Read a channel's name from the command line."""
    return _known("channel", text, NAMES)


def known_event(text: str) -> str:
    """Read an event's name from the command line."""
    return _known("event", text, BY_NAME)


def _known(noun: str, text: str, names: Collection[str]) -> str:
    if text in names:
        return text
    near = difflib.get_close_matches(text, names, n=3)
    known = f"near: {', '.join(near)}" if near else f"there are {', '.join(sorted(names))}"
    raise typer.BadParameter(f"there is no {noun} {text!r}; {known}")


OfChannel = Annotated[
    str | None,
    typer.Option("--channel", parser=known_channel, metavar="CHANNEL", help="email, sms, push, inbox …"),
]
OfEvent = Annotated[
    str | None,
    typer.Option("--event", parser=known_event, metavar="EVENT", help="An event type: pqrs.received."),
]
OfEventId = Annotated[
    str | None, typer.Option("--event-id", help="The id that the publisher gave the event.")
]
OfPerson = Annotated[str | None, typer.Option("--person", help="A person's reference.")]
OfId = Annotated[UUID | None, typer.Option("--id", help="One message of them.")]
