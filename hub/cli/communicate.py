"""`hub communicate`: a communication from a file of Markdown: draft, plan, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from hub.app.operators import open_operator
from hub.desk.communications import acts
from hub.desk.communications.rows import STATES_ES, CommunicationBody, CommunicationWhole, SendBody
from hub.doors.act import OPERATE
from hub.doors.operator import Operator
from hub.doors.terminal import (
    AsJson,
    as_instant,
    console,
    local_minute,
    one_of,
    print_json,
    print_table,
    read_input,
    warn,
)
from hub.errors import InvalidEvent
from hub.model import Json
from hub.operations.communications.kinds import BY_EVENT
from hub.operations.communications.shown import Shown
from hub.people.audience import parse, write
from hub.rendering.labels_es import CHANNELS
from hub.rendering.outcomes_es import reason_in_words
from hub.rendering.titles_es import CLOCKS
from hub.rendering.typed_words import is_same

_CIRCULAR: Final = "admin.circular.issued"
_LONGEST: Final = 600
"""Seconds that a plan of many people is waited for."""
_HEADING: Final = "# "
_MARKDOWN: Final = "_markdown"


async def communicate(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE|-", show_default=False, help="Markdown; el primer «# » es el título."),
    ],
    to: Annotated[list[str], typer.Option("--to", help="A quién, como en los ejemplos; se repite.")],
    without: Annotated[list[str], typer.Option("--except", help="A quién no, con las mismas palabras.")] = [],  # noqa: B006 - Typer copies it
    kind: Annotated[
        str, typer.Option(parser=one_of("kind", BY_EVENT), metavar="KIND", help="Qué clase de comunicación.")
    ] = _CIRCULAR,
    at: Annotated[
        datetime | None,
        typer.Option(parser=as_instant, metavar="TIME", help="Cuándo sale; si no, al mandarla."),
    ] = None,
    yes_to: Annotated[
        str, typer.Option("--yes-to", help="La copropiedad, escrita a mano: lo pide cuando son muchos.")
    ] = "",
    dry: Annotated[bool, typer.Option("--dry-run", help="No manda nada: deja el borrador.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Le escribe a la gente desde un archivo Markdown: quién lo recibe y por dónde, y lo manda.

    Hace un borrador, cuenta a quién le llega, por dónde, quién queda por fuera
    y qué plazos empiezan. Con --dry-run para ahí; sin eso, lo manda.

      hub communicate circular.md --to "owners of ph-altos-del-rosal" --dry-run

      hub communicate circular.md --to "residents of ph-altos-del-rosal/1" --except person:p-ana

      hub communicate circular.md --to "owners of ph-altos-del-rosal" --at 2026-03-12T08:00

    Cuando son muchas personas hay que escribir dónde viven, y espera a que otra persona la apruebe:

      hub communicate circular.md --to "owners of ph-altos-del-rosal" --yes-to "Altos del Rosal"

    El borrador y lo que fue de él también están en la consola, en «Comunicaciones».
    """
    words = read_input(file).decode(errors="replace")
    async with open_operator(OPERATE) as by:
        written = _written(by, kind, words)
        body = CommunicationBody(
            kind=kind, data=written, to=_terms(to), without=_terms(without), starts_at=at
        )
        row = await acts.make_communication(by, body)
        whole = await _planned(by, row.id)
        shown = None if whole.plan is None else whole.plan.shown
        if not as_json and shown is not None:
            _report(whole, shown)
        if not dry:
            await _send(by, whole, shown, yes_to)
            whole = await acts.show_communication(by, row.id)
    if as_json:
        print_json(whole)
    else:
        _end(whole)


async def _planned(by: Operator, communication: UUID) -> CommunicationWhole:
    """Plan it; of many people the timers of the hub that runs make the plan, and it is waited for."""
    whole = await acts.plan_communication(by, communication)
    for _ in range(_LONGEST):
        if not whole.is_making:
            break
        await asyncio.sleep(1)
        whole = await acts.show_communication(by, communication)
    return whole


def _written(by: Operator, kind: str, words: str) -> dict[str, Json]:
    """Return the data of the event: title and text where its schema has them. Raises InvalidEvent."""
    fields: Mapping[str, Any] = by.stores.schemas.by_name[kind].document["properties"]
    title, text = read_markdown(words)
    place = next((name for name in fields if name.endswith(_MARKDOWN)), None)
    if text and place is None:
        raise InvalidEvent(f"{kind} has no field for a text: write it at the console")
    read = {BY_EVENT[kind].title: title, place: text}
    return {name: value for name, value in read.items() if name and value}


def read_markdown(words: str) -> tuple[str, str]:
    """Return title and text: the first line that begins with `# ` is the title, wherever it stands."""
    lines = words.replace("\r\n", "\n").lstrip("\ufeff").split("\n")
    place = next((number for number, line in enumerate(lines) if line.startswith(_HEADING)), None)
    if place is None:
        return "", words.strip()
    return lines[place].removeprefix(_HEADING).strip(), "\n".join(lines[:place] + lines[place + 1 :]).strip()


def _terms(given: Sequence[str]) -> tuple[str, ...]:
    """Return the terms in full, as the page reads them. Raises InvalidAudience."""
    return tuple(write(parse(one)) for one in given)


async def _send(by: Operator, whole: CommunicationWhole, shown: Shown | None, yes_to: str) -> None:
    """Send what was planned. Raises BadParameter where nobody would get it, or what must be typed is not."""
    if shown is None or not shown.people or shown.refused:
        raise typer.BadParameter(f"no se mandó: {(shown and shown.refused) or 'no le llega a nadie'}")
    if whole.needs_typed and not is_same(yes_to, whole.needs_typed):
        raise typer.BadParameter(
            f"no se mandó: son {shown.people} personas; repita con --yes-to {whole.needs_typed!r}"
        )
    digest = (whole.plan and whole.plan.digest) or ""
    await acts.send_communication(by, whole.row.id, SendBody(digest=digest, typed=yes_to))


def _report(whole: CommunicationWhole, shown: Shown) -> None:
    where = ", ".join(whole.row.buildings) or "toda la empresa"
    _say(f"{BY_EVENT[whole.row.kind].word} «{whole.row.title}»: {shown.people} personas, {where}.", "bold")
    if shown.channels:
        rows = [(CHANNELS.get(channel, channel), str(n)) for channel, n in shown.channels.items()]
        print_table(("por dónde", "mensajes"), rows, numbers=("mensajes",))
    if shown.left_out:
        out = [(reason_in_words(reason) or reason, str(n)) for reason, n in shown.left_out.items()]
        print_table(("quedan por fuera", "personas"), out, numbers=("personas",))
    if shown.waits:
        _say(f"{shown.waits} mensajes esperan el horario permitido, hasta {local_minute(shown.waits_until)}.")
    if shown.posters:
        _say(f"Carteles por imprimir: {shown.posters}.")
    if shown.promises:
        _say(f"Empieza a correr: {', '.join(CLOCKS.get(name, name) for name in shown.promises)}.")
    if shown.refused:
        warn(f"Así no se puede mandar: {shown.refused}")


def _end(whole: CommunicationWhole) -> None:
    row = whole.row
    if row.state == "draft":
        _say(f"Ensayo: no se mandó nada. El borrador es {row.id}.")
    else:
        hour = f", sale {local_minute(row.starts_at)}" if row.state == "scheduled" else ""
        _say(f"{STATES_ES[row.state]}{hour}: {row.id}")


def _say(words: str, style: str = "") -> None:
    console().print(words, style=style, markup=False, soft_wrap=True)
