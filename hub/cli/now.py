"""`hub now`: the content of the console's first page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import typer

from hub.app.openers import open_now
from hub.doors.terminal import AsJson, Columns, console, print_json, print_table, settings
from hub.operations.explain.sentences_es import short_time
from hub.operations.now import NowAnswer, activity_of, answer_of, situation_of
from hub.operations.now.matter import Urgency
from hub.rendering.labels_es import CAPTURED_FIGURES, CHANNELS
from hub.settings import Mode

_COLORS: Final = {
    Urgency.BAD: typer.colors.RED,
    Urgency.WAIT: typer.colors.YELLOW,
    Urgency.GOOD: typer.colors.GREEN,
}
_CHANNELS: Final[Columns] = {
    "canal": lambda row: CHANNELS.get(row.channel, row.channel),
    "salieron": lambda row: str(row.left),
    "no llegaron": lambda row: str(row.lost),
    "esperan": lambda row: str(row.ahead),
}


async def now(as_json: AsJson = False) -> None:
    """
    Dice qué está mal, a quién afecta, qué espera por alguien, y la última hora de cada canal.

    Es lo que dice la primera página. Los mensajes por hora del último día están en `--json`.
    """
    given = settings()
    async with open_now(given) as deps:
        at = datetime.now(UTC)
        activity = await activity_of(deps.activity, at, None)
        situation = await situation_of(deps, await deps.log.counts(None), activity, now=at, places=None)
    answer = answer_of(activity, situation)
    if as_json:
        print_json(answer)
    else:
        _print(answer, given.mode)


def _print(answer: NowAnswer, mode: Mode) -> None:
    typer.secho(answer.sentence, fg=_COLORS[answer.urgency], bold=True)
    for line in filter(None, (answer.affected, answer.to_do)):
        console().print(line, markup=False)
    for matter in answer.matters:
        since = f", desde el {short_time(matter.since)}" if matter.since else ""
        typer.secho(f"  {matter.text}{since}", fg=_COLORS[matter.urgency])
    if answer.channels:
        console().print("\nÚltima hora", markup=False)
        rows = [[made(row) for made in _CHANNELS.values() if callable(made)] for row in answer.channels]
        print_table(list(_CHANNELS), rows, numbers=tuple(_CHANNELS)[1:])
        if mode is Mode.CAPTURE:
            console().print(CAPTURED_FIGURES, markup=False)
