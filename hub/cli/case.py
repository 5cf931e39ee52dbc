"""`hub case`: a case as one thread, from its beginning, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.text import Text

from hub.app.operators import open_operator
from hub.doors.act import READ
from hub.doors.terminal import AsJson, Limit, Whole, console, print_json, warn
from hub.errors import HubError
from hub.operations.cases import lookup
from hub.operations.cases.lookup import HOW_KEYS_LOOK
from hub.operations.cases.schemas import CaseThreadAnswer, ThreadEntry
from hub.operations.cases.texts import ORIGINS_ES
from hub.operations.cases.thread import ThreadPage
from hub.operations.explain.sentences_es import short_time
from hub.ports.cases import KnownCase

Key = Annotated[
    str,
    typer.Argument(
        metavar="KEY",
        show_default=False,
        help="El radicado, el número del caso, su clave completa, o el id de algo que haya en él.",
    ),
]


async def case(
    key: Key,
    whole: Whole = False,
    after: Annotated[str | None, typer.Option(metavar="NEXT", help="La página que sigue a esta.")] = None,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """
    Cuenta un caso de principio a fin: qué llegó, qué se dijo a quién, quién respondió, plazos y cartas.

      hub case PQ-2026-000901

      hub case pqrs_id:pqrs-1 --whole

    Primero dice cómo está ahora: qué plazo corre, cuándo vence y quién lo tiene.

    Las direcciones salen ocultas; con --whole salen completas. La consulta
    queda en `hub audit`, con cada persona.
    """
    async with open_operator(READ) as by:
        known = the_one(await lookup.find(by.stores.cases, key), as_json=as_json)
        asked = ThreadPage(after=after, limit=limit, whole=whole, notes=True)
        thread = await by.stores.threads.look(by.actor, known, asked)
    if as_json:
        print_json(thread)
        return
    _print(thread)


def the_one(found: Sequence[KnownCase], *, as_json: bool) -> KnownCase:
    """Return the one case that was meant; print several to choose from. Raises HubError for none."""
    if not found:
        raise HubError(f"No hay un caso con esa clave. {HOW_KEYS_LOOK}")
    if len(found) == 1:
        return found[0]
    several = lookup.choices(found)
    if as_json:
        print_json(several)
    else:
        out = console()
        out.print("Varios casos tienen ese número; pida uno por su clave:", markup=False)
        for choice in several.choices:
            since = f", {short_time(choice.opened_at)}" if choice.opened_at is not None else ""
            out.print(f"  {choice.case}  {choice.title}{since}", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _print(thread: CaseThreadAnswer) -> None:
    out = console()
    out.print(Text(f"{thread.title} · {thread.number}", style="bold"), soft_wrap=True)
    place = f"{thread.copropiedad} · " if thread.copropiedad else ""
    out.print(Text(f"{place}{thread.case}", style="dim"), soft_wrap=True)
    for sentence in thread.summary:
        out.print(sentence, markup=False, soft_wrap=True)
    told_at = ""
    for entry in thread.entries:
        at = short_time(entry.at)
        if at != told_at:
            out.print(Text(f"\n{at}", style="dim"), soft_wrap=True)
        told_at = at
        _print_entry(entry)
    if thread.next is not None:
        warn(f"Hay más: --after {thread.next}")


def _print_entry(entry: ThreadEntry) -> None:
    out = console()
    out.print(f"• {entry.sentence}", markup=False, soft_wrap=True)
    files = [f"Adjunto: {file.name}" for file in entry.files]
    for line in (*entry.more, *_words_of(entry), *files):
        out.print(Text(f"  {line}".rstrip()), soft_wrap=True)


def _words_of(entry: ThreadEntry) -> Sequence[str]:
    if entry.reply is not None and entry.reply.text:
        return [f"«{entry.reply.text}»"]
    if entry.note is not None and entry.note.words:
        return [f"«{entry.note.words}»"]
    message = entry.message
    if message is None:
        return []
    note = [message.text_note] if message.text_note else []
    if message.text is None or message.text_origin is None:
        return note
    subject = [message.subject] if message.subject else []
    said = f"{ORIGINS_ES[message.text_origin]}:"
    return [*note, said, *subject, *message.text.strip().splitlines()]
