"""`hub publish --dry-run`: the effects of events, as tables in Spanish or as the API would respond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import typer

from hub.app.container import open_parts
from hub.app.operators import open_operator
from hub.doors.act import PUBLISH
from hub.doors.terminal import console, local_minute, print_json, print_table, settings, short_case
from hub.errors import InvalidEvent
from hub.intake.dry_run import MOST_EVENTS
from hub.intake.dry_run_schemas import DryRun, DryRunAudience, DryRunClock, DryRunEvent, DryRunPerson
from hub.model import Event, State
from hub.parts.dry_run import DryRuns
from hub.rendering.case_words_es import STEPS
from hub.rendering.labels_es import CHANNELS, PURPOSES, UNREACHED
from hub.rendering.outcomes_es import STATES, reason_in_words
from hub.rendering.titles_es import CLOCKS

_CHANGES: Final[Mapping[str, str]] = {
    "starts": "empieza",
    "stops": "termina",
    "cancels": "se cancela",
    "pauses": "se detiene",
    "resumes": "sigue",
    "moves": "cambia de vencimiento",
    "stays": "sigue igual",
}
_WHY: Final[Mapping[str, str]] = {
    "quiet": "el evento pide no avisar a nadie",
    "condition": "no aplica con estos datos",
    "waiting": "espera a que se sepa quién es",
    "nobody": "nadie tiene ese papel hoy",
}
_LEFT_OUT: Final[Mapping[str, str]] = {
    "on_leave": "Está en licencia: se le avisa a quien la reemplaza",
    "not_opted_in": "No ha autorizado estos mensajes",
    "told_by_another_audience": "Ya se le avisa por otro papel",
}
_SHOWN: Final = 30


async def run_dry(events: Sequence[Event], *, as_json: bool) -> None:
    """Print the effects of the events. Raises InvalidEvent for one that the database would refuse."""
    if len(events) > MOST_EVENTS:
        raise typer.BadParameter(f"a dry run takes {MOST_EVENTS} events at most")
    async with open_parts(settings(), "dry run") as parts, open_operator(PUBLISH) as by:
        run = await DryRuns(parts.database, parts.company, parts.traits)(by.actor, events, everybody=True)
    if as_json:
        print_json(run)
    else:
        _report(run)
    for refused in run.refused:
        raise InvalidEvent(f"event {refused.index + 1}: {refused.reason}", field=refused.field)


def _report(run: DryRun) -> None:
    for event in run.events:
        _report_event(event)
    if run.clocks:
        _title("Plazos")
        print_table(("caso", "plazo", "qué pasa", "vence", "lo que sigue"), map(_clock, run.clocks))
    if run.posters:
        _say(f"\nCarteles por imprimir: {run.posters}.")
    if run.released:
        _say(f"\nMensajes de eventos anteriores que esperaban a este: {run.released}.")
    _say("\nEnsayo: no se publicó, no se envió y no se guardó nada.")


def _report_event(event: DryRunEvent) -> None:
    name = event.type.split(".", 2)[-1].rpartition(".")[0]
    _say(f"{name}  {event.id}  {_sentence(event)}", style="bold")
    for reason in event.unreached:
        _say(f"Atención: {UNREACHED[reason]}.", style="yellow")
    if event.bad_contacts:
        _say(f"No son válidos: {', '.join(event.bad_contacts)}.", style="yellow")
    _title("A quién")
    print_table(
        ("audiencia", "finalidad", "personas", "se avisa a", "por fuera, y por qué"),
        map(_audience, event.audiences),
        numbers=("personas", "se avisa a"),
    )
    if event.messages:
        _report_messages(event)


def _report_messages(event: DryRunEvent) -> None:
    _title("Por dónde y cuándo")
    rows = [
        (
            _who(event, row.audience),
            CHANNELS.get(row.channel, row.channel),
            _occasion(row.occasion),
            str(row.count),
            _when(row.state, row.leaves_at),
            _reason(row.reason),
        )
        for row in event.messages
    ]
    print_table(("audiencia", "canal", "ocasión", "mensajes", "sale", "por qué"), rows, numbers=("mensajes",))
    _title("Personas")
    print_table(
        ("persona", "nombre", "mensajes, y lo que sigue si fallan"), map(_person, event.recipients[:_SHOWN])
    )
    if rest := len(event.recipients[_SHOWN:]) + event.unlisted:
        _say(f"… y {rest} más; --json muestra hasta 500.", style="dim")
    _print_texts(event)


def _print_texts(event: DryRunEvent) -> None:
    for text in event.texts:
        channel = CHANNELS.get(text.channel, text.channel)
        _title(
            f"Texto: {channel}, {_who(event, text.audience)}, {_occasion(text.occasion)} ({text.language})"
        )
        _say(
            f"No se puede escribir: {text.problem}"
            if text.problem
            else f"{text.subject}\n{text.text}".strip()
        )


def _sentence(event: DryRunEvent) -> str:
    if event.known:
        return "El hub ya lo recibió: publicarlo otra vez no cambia nada."
    case = f" Caso {short_case(event.case)}." if event.case else ""
    noun = "persona" if event.people == 1 else "personas"
    return f"Se avisaría a {event.people} {noun}.{case}"


def _audience(row: DryRunAudience) -> tuple[str, ...]:
    outside = "; ".join(f"{number}: {_reason(reason)}" for reason, number in row.left_out.items())
    return (
        ", ".join(row.who),
        PURPOSES[row.purpose],
        str(row.people),
        str(row.notified),
        outside or _WHY.get(row.why or "", row.why or ""),
    )


def _person(row: DryRunPerson) -> tuple[str, ...]:
    return row.person, row.name, "; ".join(_ways(row)) or _reason(row.left_out)


def _ways(row: DryRunPerson) -> Iterator[str]:
    for message in row.messages:
        way = " → ".join(
            " + ".join(CHANNELS.get(channel, channel) for channel in step)
            for step in ([message.channel], *message.then)
        )
        why = f": {_reason(message.reason)}" if message.reason else ""
        yield f"{way} ({_when(message.state, message.leaves_at)}{why})"


def _clock(row: DryRunClock) -> tuple[str, ...]:
    step = ""
    if row.next_step is not None:
        step = f"{STEPS.get(row.next_step, row.next_step)} {local_minute(row.next_at)}"
    return (
        short_case(row.case),
        CLOCKS.get(row.name, row.name),
        _CHANGES[row.change],
        local_minute(row.due_at),
        step,
    )


def _who(event: DryRunEvent, number: int) -> str:
    return next((", ".join(row.who) for row in event.audiences if row.audience == number), str(number))


def _when(state: State, at: datetime | None) -> str:
    if at is None:
        return STATES[state].label.lower()
    return "ya" if state is State.QUEUED else local_minute(at)


def _reason(code: str | None) -> str:
    if code is None:
        return ""
    return _LEFT_OUT.get(code) or reason_in_words(code) or code


def _occasion(occasion: str) -> str:
    return "aviso" if occasion == "initial" else f"recordatorio {occasion.partition(':')[2]}"


def _title(words: str) -> None:
    _say(f"\n{words}", style="bold")


def _say(words: str, style: str = "") -> None:
    console().print(words, style=style, markup=False, soft_wrap=True)
