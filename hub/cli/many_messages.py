"""`hub redrive`, `hub cancel`: one message by its id, many of a filter by a bulk run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import msgspec
import typer

from hub.app.operators import open_operator
from hub.cli.bulk_runs import How, Wait, Yes, print_plan, run_many
from hub.desk.messages import acts
from hub.desk.messages.noun import CANCEL, REDRIVE
from hub.desk.messages.rows import CancelBody, ReasonBody, RedriveBody, RedriveOneBody
from hub.doors.act import Act
from hub.doors.command import option, options_of, shaped, signed
from hub.doors.operator import Operator
from hub.doors.terminal import AsJson, print_done, to_uuid
from hub.model.bulk import BulkFilter, BulkKind
from hub.operations.bulk.plan import planned

Alone: TypeAlias = Callable[[Operator, UUID, Any], Awaitable[tuple[msgspec.Struct, str]]]
"""Does the act to one message; returns the result, and its line."""
_ONE: Final = Annotated[
    UUID | None, typer.Option("--id", parser=to_uuid, metavar="ID", help="One message of them.")
]


def _command(act: Act, kind: BulkKind, alone: Alone, words: str) -> Callable[..., Awaitable[None]]:
    """Return a command whose options are the fields of the act's body."""

    async def command(*, message_id: UUID | None, yes: bool, wait: bool, as_json: bool, **given: Any) -> None:
        body = shaped(given, act.hints["body"])
        how = How(yes=yes, waits=wait, as_json=as_json, dry_run=body.dry_run)
        async with open_operator(act.needs) as by:
            if message_id is not None:
                await _settle(by, kind, body, message_id, alone, how)
                return
            plan = await act.do(by, msgspec.structs.replace(body, dry_run=True))
            await run_many(by, plan, lambda: act.do(by, body), how)

    own = [option("message_id", _ONE, None), option("yes", Yes, False), option("wait", Wait, True)]
    return signed(command, [*options_of(act), *own, option("as_json", AsJson, False)], words)


async def _settle(by: Operator, kind: BulkKind, body: Any, message_id: UUID, alone: Alone, how: How) -> None:
    """Do the act to one message, if the filter has it and it may be done; else show why it may not."""
    asked = msgspec.convert(body, BulkFilter, from_attributes=True)
    found = await by.stores.bulk.candidates(kind, asked, 1, places=by.places, only=message_id)
    plan = planned(kind, found)
    if how.dry_run or not plan.goes:
        print_plan(plan, as_json=how.as_json)
    else:
        print_done(*await alone(by, message_id, body), as_json=how.as_json)


async def _redrive(by: Operator, message_id: UUID, body: RedriveBody) -> tuple[msgspec.Struct, str]:
    one = await acts.redrive_message(by, message_id, RedriveOneBody(also_told=body.also_told))
    return one, f"{message_id}  {one.verdict}"


async def _cancel(by: Operator, message_id: UUID, body: CancelBody) -> tuple[msgspec.Struct, str]:
    done = await acts.cancel_message(by, message_id, ReasonBody(why=body.why))
    return done, f"{message_id}  cancelled"


redrive: Final = _command(
    REDRIVE,
    BulkKind.RESEND,
    _redrive,
    """
    Send lost messages again, in place, once the cause is fixed. Safe to repeat.

    The command skips messages that are too old, messages without an address, and
    people who were or are being notified by another channel. If a whole cascade
    was lost, its first step is sent again. A TIME without an offset is Bogotá's.
    Without --id it is a bulk run, which goes on when the command is stopped: see
    `hub bulk`.

      hub redrive --state failed --channel sms --since 2026-03-09T08:00 --dry-run

      hub redrive --state bounced --reason smtp_550 --event pqrs.responded
    """,
)
cancel: Final = _command(
    CANCEL,
    BulkKind.CANCEL,
    _cancel,
    """
    Cancel messages that have not left, for good. Safe to repeat.

    What is being sent is left alone, and so is what leaves with a digest: cancel
    the digest. An event that its publisher can take back is better recalled:
    messages that are planned later stay back, too. Without --id it is a bulk run,
    which goes on when the command is stopped: see `hub bulk`.

      hub cancel --state held --event admin.circular.issued --why wrong --dry-run
    """,
)
