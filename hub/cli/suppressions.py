"""`hub suppressions`: those of the desk, and `add`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from hub.app.operators import open_operator
from hub.channels.registry import NAMES
from hub.desk.suppressions.acts import suppress
from hub.desk.suppressions.noun import NOUN
from hub.doors.act import OPERATE
from hub.doors.command import group_of
from hub.doors.terminal import AsJson, instant_option, one_of, print_done
from hub.people.audience import written_as

app = group_of(NOUN, open_operator)


@app.command("add")
async def add_suppression(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False)],
    channel: Annotated[
        str,
        typer.Option(parser=one_of("channel", NAMES), metavar="CHANNEL", help="email, sms, whatsapp, push."),
    ],
    reason: Annotated[str, typer.Option(help="Why, for colleagues who find it.")] = "operator",
    until: Annotated[datetime | None, instant_option("When it ends; by default as in the policy.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Suppress a contact point on a channel: no message goes there, not even an emergency.

      hub suppressions add maria@example.co --channel email --reason "typing error"
    """
    tidy = written_as(address)
    if tidy is None and channel != "push":
        raise typer.BadParameter(f"{address!r} is neither an email address nor a telephone number")
    if until is not None and until <= datetime.now(UTC):
        raise typer.BadParameter("--until is over already")
    async with open_operator(OPERATE) as by:
        await suppress(by, tidy or address, channel, reason=reason, until=until)
    print_done({"suppressed": 1}, f"nothing goes there by {channel} any more", as_json=as_json)
