"""`hub rehearse`: replay history with another policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Final

import typer

from hub.catalog import BY_NAME
from hub.cli.indicators import as_period
from hub.cli.progress import progress
from hub.doors.terminal import (
    BOGOTA,
    AsJson,
    Columns,
    console,
    instant_option,
    local_minute,
    local_time,
    print_json,
    print_list,
    print_table,
    settings,
    short_case,
)
from hub.model import Period
from hub.operations.simulate.comparison import Comparison
from hub.operations.simulate.sides import Counts
from hub.operations.simulate.simulate import add_cases, add_contacts, shown
from hub.policy import Policy, load_policy
from hub.rendering.figures_es import percent, whole
from hub.rendering.labels_es import PURPOSES
from hub.rendering.titles_es import CLOCKS
from hub.settings import Settings
from hub.storage import Database, PostgresHistory

_COLUMNS: Final = ("promesa", "medida", "antes", "después", "diferencia")
_NUMBERS: Final = _COLUMNS[2:]
_OUTCOMES: Final = {
    "met": "cumplida",
    "breached": "incumplida",
    "breached_before": "ya incumplida",
    "open": "en curso",
    "cancelled": "anulada",
}

Row = tuple[str, ...]
File = Annotated[
    Path,
    typer.Option("--policy", metavar="FILE", help="La política que se ensaya, como la de HUB_POLICY."),
]


async def rehearse(
    policy: File,
    period: Annotated[str, typer.Option(help="Los últimos días (90d) o un mes (2026-10).")] = "90d",
    since: Annotated[datetime | None, instant_option("Desde este instante, en vez de --period.")] = None,
    until: Annotated[datetime | None, instant_option("Hasta este instante.")] = None,
    cases: Annotated[int, typer.Option(min=0, help="Cuántos casos con otro resultado se listan.")] = 20,
    as_json: AsJson = False,
) -> None:
    """
    Ensaya la historia con otra política: incumplidas, escalamientos y mensajes de noche, antes y después.

    No envía ni escribe nada: lee la historia en una transacción de solo lectura y la
    repite dos veces, con la política vigente (HUB_POLICY, o la incluida en el hub) y
    con FILE encima de la incluida.

      hub rehearse --policy new.toml --period 90d

      hub rehearse --policy new.toml --since 2026-07-01 --until 2026-10-01 --json

    La misma política no da ninguna diferencia. En un hub que trabaja, cada plazo
    conserva lo que se prometió cuando empezó; aquí los dos lados se calculan de los
    eventos, como si cada política hubiera regido siempre. Se supone que en cada nivel
    de escalamiento hay alguien en su jornada. La noche va de 21:00 a 07:00; un mensaje
    cuenta una vez por cada canal que interrumpe. Se ensayan el calendario, las promesas
    y las horas de contacto.
    """
    given = settings()
    before, after = load_policy(given.policy), load_policy(policy)
    span = _period(period, since, until, before, datetime.now(UTC))
    comparison = Comparison(before, after, period=span, catalog=BY_NAME, listed=cases)
    await _replay(comparison, given, shown=not as_json)
    if as_json:
        print_json(shown(comparison))
    else:
        _report(comparison, policy.name)


async def _replay(comparison: Comparison, given: Settings, *, shown: bool) -> None:
    async with (
        Database(given.database_url.reveal(), size=1) as database,
        PostgresHistory(database).reading() as history,
    ):
        with progress("Casos, en días", shown=shown) as step:
            await add_cases(comparison, history, BY_NAME, step)
        with progress("Mensajes, en días", shown=shown) as step:
            await add_contacts(comparison, history, step)


def _period(
    text: str, since: datetime | None, until: datetime | None, policy: Policy, now: datetime
) -> Period:
    zone = policy.calendar.zone
    first, last = as_period(text, now.astimezone(zone).date())
    begin = since or datetime.combine(first, time.min, zone)
    end = min(now, until or datetime.combine(last + timedelta(days=1), time.min, zone))
    if begin >= end:
        raise typer.BadParameter(f"de {local_time(begin)} a {local_time(end)} no es un tiempo que ya pasó")
    return Period(since=begin.astimezone(UTC), until=end.astimezone(UTC))


def _report(comparison: Comparison, name: str) -> None:
    period, out = comparison.period, console()
    out.print(
        f"Ensayo de {name} contra la política vigente, del {local_minute(period.since)}"
        f" al {local_minute(period.until)}.\n"
        f"Casos: {whole(comparison.cases)} · promesas: {whole(comparison.clocks)}"
        f" · mensajes: {whole(comparison.messages)}. No se envió ni se escribió nada.\n",
        markup=False,
        soft_wrap=True,
    )
    if not comparison.cases and not comparison.messages:
        out.print("En ese período no hay historia que ensayar.")
        return
    if comparison.same:
        out.print(
            "Con esta política nada habría sido distinto."
            " Se ensayan el calendario, las promesas y las horas de contacto.",
            soft_wrap=True,
        )
        return
    print_table(_COLUMNS, _rows(comparison), numbers=_NUMBERS)
    out.print(
        f"Promesas con otro vencimiento: {whole(comparison.moved)}."
        f" Casos que habrían terminado de otra manera: {whole(comparison.changed)}.",
        soft_wrap=True,
    )
    _list(comparison)
    out.print(
        "\nSe supone que cada nivel tiene quien lo atienda, en horas laborales. La noche va de 21:00 a 7:00;"
        "\nsus mensajes son los avisos de las promesas y los demás mensajes guardados del período.",
        style="dim",
        soft_wrap=True,
    )


def _list(comparison: Comparison) -> None:
    if not comparison.changes:
        return
    listed = len({change.case for change in comparison.changes})
    if listed < comparison.changed:
        console().print(f"Los primeros {listed} (--cases muestra más):", markup=False)
    console().print()
    changes = sorted(comparison.changes, key=lambda change: change.due_before)
    print_list(changes, _CHANGES, as_json=False)


def _rows(comparison: Comparison) -> Iterator[Row]:
    before, after = comparison.before, comparison.after
    for name in sorted(before.promises, key=lambda name: CLOCKS.get(name, name)):
        yield from _block(CLOCKS.get(name, name), _measures(before.promises[name], after.promises[name]))
    yield from _block("Todas las promesas", _measures(before.total, after.total))
    yield from _block("Mensajes de noche", _nights(comparison))


def _block(title: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Put the title before the first row, and an empty row after the last."""
    head = title
    for row in rows:
        yield head, *row
        head = ""
    if not head:
        yield ("",) * len(_COLUMNS)


def _measures(before: Counts, after: Counts) -> Iterator[Row]:
    shares = before.share_kept, after.share_kept
    if shares != (None, None):
        yield "a tiempo", percent(shares[0]), percent(shares[1]), _points(*shares)
    yield from _some("incumplidas", before.broken, after.broken)
    yield from _some("avisos de riesgo", before.warned, after.warned)
    for level in sorted({*before.escalations, *after.escalations}):
        yield from _some(f"pasos al nivel {level}", before.escalations[level], after.escalations[level])
    yield from _some("recordatorios", before.reminded, after.reminded)
    yield from _some("avisos de noche", before.night, after.night)


def _nights(comparison: Comparison) -> Iterator[Row]:
    before, after = comparison.before.night, comparison.after.night
    for purpose in sorted({*before, *after}):
        yield from _some(PURPOSES[purpose].lower(), before[purpose], after[purpose])
    yield _numbers("en total", before.total(), after.total())


def _some(words: str, before: int, after: int) -> Iterator[Row]:
    if before or after:
        yield _numbers(words, before, after)


def _numbers(words: str, before: int, after: int) -> Row:
    return words, whole(before), whole(after), _difference(before, after)


def _difference(before: int, after: int) -> str:
    sign = "+" if after > before else "−"
    return "=" if before == after else f"{sign}{whole(abs(after - before))}"


def _points(before: float | None, after: float | None) -> str:
    """`0.95`, `0.9` → `−5,0 puntos`."""
    if before is None or after is None:
        return "–"
    points = 100 * (after - before)
    sign = "+" if points > 0 else "−"
    return "=" if before == after else f"{sign}{abs(points):.1f} puntos".replace(".", ",")


def _due(at: datetime) -> str:
    """Format a due instant in Bogotá: `11/03 14:05`; the end of a day as `31/03 24:00`, not the next day."""
    last = at.astimezone(BOGOTA) - timedelta.resolution
    ends_a_day = last.time() == time.max
    return f"{last:%d/%m} 24:00" if ends_a_day else f"{at.astimezone(BOGOTA):%d/%m %H:%M}"


_CHANGES: Final[Columns] = {
    "caso": lambda change: short_case(change.case),
    "promesa": lambda change: CLOCKS.get(change.name, change.name),
    "antes": lambda change: _OUTCOMES[change.before],
    "después": lambda change: _OUTCOMES[change.after],
    "vencía": lambda change: _due(change.due_before),
    "vencería": lambda change: _due(change.due_after),
}
