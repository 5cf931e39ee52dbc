"""`hub indicators`: how promises were kept in a period."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

import typer

from hub.app import container
from hub.cli.common import AsJson, console, print_json, print_table, settings, wait
from hub.operations.indicators import Indicators, PromiseKept, read
from hub.policy import load_policy
from hub.rendering.titles_es import CLOCKS

_COLUMNS: Final = (
    *("promesa", "a tiempo", "cumplidas", "incumplidas", "en curso", "promedio", "p90"),
    "incumplidas por nivel",
)
_DAYS: Final = re.compile(r"([1-9]\d?|[1-3]\d\d)d")
_MONTH: Final = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])")


def as_period(text: str, today: date) -> tuple[date, date]:
    """Read `30d` (ending today) or `2026-10`; return the first and the last day."""
    if days := _DAYS.fullmatch(text):
        return today - timedelta(days=int(days[1]) - 1), today
    if month := _MONTH.fullmatch(text):
        first = date(int(month[1]), int(month[2]), 1)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    raise typer.BadParameter(f"{text!r} is not a period like 30d or 2026-10")


def indicators(
    period: Annotated[str, typer.Option(help="The last days (30d) or a month (2026-10).")] = "30d",
    area: Annotated[str | None, typer.Option(help="Only cases of this service_area.")] = None,
    copropiedad: Annotated[str | None, typer.Option(help="Only those of this copropiedad.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Show how the promises that began in a period were kept, in business hours.

      hub indicators --period 2026-10 --area maintenance
    """
    answer = wait(_read(period, area, copropiedad))
    if as_json:
        print_json(answer)
        return
    print_table(_COLUMNS, [_cells(kept) for kept in answer.promises])
    first = answer.first_instance
    words = f"\nResueltas en primera instancia: {percent(first.share)} ({first.resolved} de {first.closed})"
    console().print(words, markup=False)


async def _read(period: str, area: str | None, copropiedad: str | None) -> Indicators:
    given, now = settings(), datetime.now(UTC)
    policy = load_policy(given.policy)
    first, last = as_period(period, policy.calendar.day_of(now))
    async with container.open_log(given) as log:
        return await read(log, policy, since=first, until=last, area=area, copropiedad=copropiedad, now=now)


def _cells(kept: PromiseKept) -> tuple[str, ...]:
    return (
        CLOCKS.get(kept.name, kept.name),
        percent(kept.share_met),
        str(kept.met),
        str(kept.breached),
        str(kept.running),
        hours(kept.mean_hours, any_hour=kept.any_hour),
        hours(kept.p90_hours, any_hour=kept.any_hour),
        ", ".join(f"nivel {level}: {number}" for level, number in kept.breached_by_level.items()),
    )


def percent(share: float | None) -> str:
    """`0.9583` → `95,8 %`; None → a dash."""
    return "–" if share is None else f"{100 * share:.1f} %".replace(".", ",")


def hours(amount: float | None, *, any_hour: bool) -> str:
    """`4.5` → `4,5 h hábiles`; None → a dash."""
    unit = "h" if any_hour else "h hábiles"
    return "–" if amount is None else f"{amount:.1f} {unit}".replace(".", ",")
