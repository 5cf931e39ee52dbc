"""`hub people preferences`, `hub people do-not-contact`: a person's own wishes, and the marks of staff."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from typing import Annotated, Final

import typer

from hub.app.operators import open_operator
from hub.desk.preferences import acts
from hub.desk.preferences.rows import MarkBody
from hub.desk.preferences.settings import NAMES, with_setting
from hub.doors.act import OPERATE
from hub.doors.terminal import (
    AsJson,
    fields,
    instant_option,
    print_done,
    print_facts,
    print_json,
    print_list,
)
from hub.model import MarkReason, Preferences
from hub.model.pages import ListQuery
from hub.model.preferences import PreferencesWhole
from hub.operations.preferences import Change

_MARKS: Final = fields("reason", "since", "until", "by", "note", "ended_at", "ended_by")
_STOPPED: Final = fields("source", "event", "events", "last_at")
_CHANGES: Final = fields("version", "at", "by", "way")

Ref = Annotated[str, typer.Argument(metavar="PERSON", show_default=False, help="The person_id.")]


async def preferences(
    ref: Ref,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help=f"Of {', '.join(NAMES)}; may be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show a person's preferences, or change them at their request. Each change stays on record.

      hub people preferences p-maria-pena --set service=whatsapp,email --set quiet=21:00-07:00

      hub people preferences p-maria-pena --set survey=none --set language=en

    A purpose takes channels in the order of the person's wish, `none` for none, and nothing for the
    company's own way: `service=`. quiet takes hours or `none`, language es or en, large-print yes or no.
    Emergencies and what the law demands cannot be switched off.
    """
    async with open_operator(OPERATE) as by:
        if changes:
            shown = await acts.change(by, ref, _changed_by(changes))
        else:
            shown = await acts.show_preferences(by, ref)
    if as_json:
        print_json(shown)
    else:
        _print(shown)


async def do_not_contact(
    ref: Ref,
    reason: Annotated[MarkReason | None, typer.Option(help="Mark the person, for this reason.")] = None,
    until: Annotated[
        datetime | None, instant_option("When the mark ends; by default when staff ends it.")
    ] = None,
    words: Annotated[str, typer.Option("--note", help="Why, for colleagues.")] = "",
    end: Annotated[bool, typer.Option("--end", help="End the marks of the person.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Show the marks of a person; mark the person as not to be contacted, or end that.

    What the law demands, and emergencies, still leave. To the deceased nothing leaves. Below the marks are
    the messages that they have stopped, by the system that publishes them: it must learn of it. --end ends
    all marks; they stay on record.

      hub people do-not-contact p-maria-pena --reason deceased --note "certificado del 3 de marzo"
    """
    if end and reason is not None:
        raise typer.BadParameter("give --reason or --end")
    async with open_operator(OPERATE) as by:
        if end:
            done = await acts.end_marks(by, ref)
            print_done(done, f"{done.ended} ended", as_json=as_json)
            return
        if reason is None:
            marks = await acts.list_marks(by, ref, ListQuery())
        else:
            await acts.mark_person(by, ref, MarkBody(reason=reason, until=until, note=words))
            marks = await acts.marks_of(by, ref, ListQuery())
    if as_json:
        print_json(marks)
        return
    print_list(marks.items, _MARKS, as_json=False)
    if marks.stopped:
        print_list(marks.stopped, _STOPPED, as_json=False)


def _changed_by(changes: list[str]) -> Change:
    return lambda before: reduce(with_setting, changes, before)


def _print(shown: PreferencesWhole) -> None:
    facts = {purpose.value: _channels(chosen) for purpose, chosen in shown.preferences.channels.items()}
    facts |= _others(shown.preferences)
    facts |= shown.always
    print_facts(facts, fields(*facts))
    print_list(shown.history, _CHANGES, as_json=False)


def _channels(chosen: tuple[str, ...]) -> str:
    return ", ".join(chosen) or "none"


def _others(wishes: Preferences) -> dict[str, str]:
    quiet = wishes.quiet_hours
    named: dict[str, str | None] = {
        "quiet": f"{quiet.since}-{quiet.until}" if quiet else None,
        "language": wishes.language,
        "digest": wishes.digest,
        "large-print": None if wishes.large_print is None else "yes" if wishes.large_print else "no",
    }
    return {name: str(value) for name, value in named.items() if value is not None}
