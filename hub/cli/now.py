"""`hub now`: the content of the console's first page."""

from __future__ import annotations

from functools import partial
from typing import Final

import typer

from hub.app.operators import open_operator
from hub.desk.letters.queries import count as count_letters
from hub.desk.posters.queries import count as count_posters
from hub.desk.today.reading import activity_of, situation_of
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Columns, console, print_json, print_table
from hub.operations.explain.sentences_es import short_time
from hub.operations.now.answer import NowAnswer, answer_of
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
    async with open_operator(READ) as by:
        counts = await by.stores.log.counts(None)
        activity = await activity_of(by.stores.activity, by.now, None)
        situation = await situation_of(
            by.stores,
            counts,
            activity,
            places=None,
            letters=partial(count_letters, by.db),
            posters=partial(count_posters, by.db),
        )
        mode = by.stores.settings.mode
    answer = answer_of(activity, situation)
    if as_json:
        print_json(answer)
    else:
        _print(answer, mode)


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
