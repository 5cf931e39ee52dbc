"""The entries of a case, each in a sentence with its facts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import convert

from hub.channels.stored_channel import PROVIDER as OWN_STORE
from hub.messages.planning.reach import LETTER
from hub.model import (
    NOT_OPTED_IN,
    ON_LEAVE,
    Attempt,
    Clock,
    ClockState,
    Inbound,
    Message,
    ReplyKind,
    StoredEvent,
)
from hub.model.actors import of_account
from hub.model.casework import CaseNote, NoteKind, author_of, case_of_thread
from hub.model.given_files import KeptFile
from hub.operations.cases import events_es
from hub.operations.cases.schemas import (
    ThreadAttempt,
    ThreadClock,
    ThreadEntry,
    ThreadEvent,
    ThreadKind,
    ThreadMessage,
    ThreadNote,
    ThreadReply,
    ThreadWords,
)
from hub.operations.cases.summary_es import name_of, promise
from hub.operations.cases.texts import MessageText
from hub.operations.explain import sentences_es
from hub.operations.explain.messages import BY, is_untold, sentences
from hub.ports.cases import CaseEntry, CaseFacts, CaseMessage, ClockChange, EntryKind
from hub.rendering import attempts_es, filters, near_dates
from hub.rendering.actors_es import who_es

_SAID: Final[Mapping[NoteKind, str]] = {
    NoteKind.NOTE: "{by} escribe una nota interna",
    NoteKind.HANDED_OVER: "{by} le entrega el caso a {about}",
    NoteKind.SNOOZED: "{by} pospone el caso hasta el {about}",
    NoteKind.WOKEN: "{by} trae de vuelta el caso",
    NoteKind.MERGED: "{by} une a este caso {about}",
    NoteKind.SEPARATED: "{by} separa de este caso {about}",
    NoteKind.SPLIT: "{by} lleva una respuesta a un caso aparte",
}
_TAKEN: Final = "{by} toma el caso que tenía {about}"
_WITHDRAWN: Final = "{by} retiró una nota interna"


_OF_A_MESSAGE: Final = tuple(
    name for name in ThreadMessage.__struct_fields__ if name in Message.__struct_fields__
)
_WRITES: Final[Mapping[ReplyKind, str]] = {
    ReplyKind.REPLY: "{who} escribe {by}",
    ReplyKind.OPT_OUT: "{who} pide {by} no recibir más mensajes comerciales",
    ReplyKind.OPT_IN: "{who} pide {by} volver a recibir mensajes comerciales",
    ReplyKind.UNPROVEN: "{who} pide algo {by}, de una dirección que cualquiera pudo escribir",
    ReplyKind.ACKNOWLEDGE: "{who} escribe TOMO {by}",
    ReplyKind.AUTOMATIC: "{who} contesta {by} con un mensaje automático",
    ReplyKind.COMPLAINT: "{who} marca como no deseado un mensaje nuestro",
}
_NO_TEXTS: Final[Mapping[UUID, MessageText]] = {}
_UNTOLD: Final = (
    "Atención: un acuse de este caso se venció sin salir, y a esa persona no se le ha escrito después."
)
_NOBODY_KNOWN: Final = "Alguien que el directorio no conoce"


def entries_of(
    facts: CaseFacts, *, whole: bool, texts: Mapping[UUID, MessageText] = _NO_TEXTS
) -> list[ThreadEntry]:
    """
    Put each entry into words. One whose row is gone since it was listed is left out.

    What people wrote is left out, unless the case is `whole` or the entry plain. `texts` are the words of
    the messages that may be shown.
    """
    tell: Mapping[EntryKind, Callable[[CaseEntry], ThreadEntry | None]] = {
        EntryKind.EVENT: lambda entry: _event(entry, facts, words=whole or entry.key in facts.plain),
        EntryKind.CLOCK: lambda entry: _clock(entry, facts),
        EntryKind.REPLY: lambda entry: _reply(entry, facts, words=whole or entry.key in facts.plain),
        EntryKind.LEFT_OUT: lambda entry: _left_out(entry, facts),
        EntryKind.MESSAGE: lambda entry: _message(entry, facts, texts),
        EntryKind.NOTE: lambda entry: note_entry(
            facts.notes.get(entry.key), facts.names, facts.files.get(entry.key, ())
        ),
    }
    return [told for entry in facts.entries if (told := tell[entry.kind](entry)) is not None]


def attention(facts: CaseFacts) -> list[str]:
    """Warn of an acknowledgement that has expired unsent in an open case, if nothing was said since."""
    return [_UNTOLD] if any(is_untold(sent) for sent in facts.messages.values()) else []


def _event(entry: CaseEntry, facts: CaseFacts, *, words: bool) -> ThreadEntry | None:
    stored = facts.events.get(entry.key)
    if stored is None:
        return None
    by = author_of(stored)
    return ThreadEntry(
        kind=events_es.kind_of(stored),
        at=entry.at,
        sentence=events_es.sentence_of(stored, facts.names),
        more=[
            *events_es.further(stored, tuple(facts.unreached.get(entry.key, ())), words=words),
            *events_es.refusals(facts.refused.get(entry.key, ())),
        ],
        who=by,
        words=_words(stored, by, facts) if words else None,
        files=list(facts.files.get(entry.key, ())) if words else [],
        event=ThreadEvent(
            key=stored.key, id=stored.event.id, source=stored.event.source, event=stored.event.name
        ),
    )


def _words(stored: StoredEvent, by: str | None, facts: CaseFacts) -> ThreadWords | None:
    said = events_es.staff_words(stored)
    if said is None:
        return None
    name = said.signed or (name_of(by, facts.names) if by else "")
    return ThreadWords(text=said.text, by=by, name=name, file=said.file)


def _clock(entry: CaseEntry, facts: CaseFacts) -> ThreadEntry | None:
    clock = facts.clocks.get(entry.key)
    if clock is None or entry.change is None:
        return None
    return ThreadEntry(
        kind=ThreadKind(f"clock_{entry.change}"),
        at=entry.at,
        sentence=_plain(_changed(entry.change, clock)),
        clock=convert(clock, ThreadClock, from_attributes=True),
    )


def _changed(change: ClockChange, clock: Clock) -> str:
    name, due = f"«{promise(clock.name)}»", f"vence el {filters.plazo(clock.due_at)}"
    course = clock.course
    as_begun = not (course.pauses or course.extended_at or course.reopened)
    return {
        ClockChange.STARTED: f"Empieza el plazo {name}{f': {due}' if as_begun else ''}",
        ClockChange.PAUSED: f"El plazo {name} queda en pausa",
        ClockChange.RESUMED: f"El plazo {name} sigue corriendo{'' if course.paused else f': {due}'}",
        ClockChange.EXTENDED: f"Se amplía el plazo {name}: {due}",
        ClockChange.REOPENED: f"El plazo {name} sigue corriendo: la respuesta no llegó",
        ClockChange.ENDED: _ended(clock, name),
    }[change]


def _ended(clock: Clock, name: str) -> str:
    if clock.state is ClockState.MET:
        return f"Se cumple a tiempo el plazo {name}"
    if clock.state is ClockState.BREACHED:
        return f"Se cumple tarde el plazo {name}: había vencido el {filters.plazo(clock.due_at)}"
    return f"Se cancela el plazo {name}"


def _reply(entry: CaseEntry, facts: CaseFacts, *, words: bool) -> ThreadEntry | None:
    inbound = facts.replies.get(entry.key)
    if inbound is None:
        return None
    reply, person = inbound.reply, inbound.about.person
    by = BY.get(reply.channel, f"Por {reply.channel}")
    told = _WRITES[inbound.kind].format(who=_writer(inbound, facts), by=f"{by[:1].lower()}{by[1:]}")
    text = (reply.text.strip() or reply.subject) if words else None
    return ThreadEntry(
        kind=ThreadKind.REPLY,
        at=entry.at,
        sentence=_plain(told),
        who=person,
        reply=ThreadReply(
            id=inbound.id,
            kind=inbound.kind,
            channel=reply.channel,
            person=person,
            name=_writer(inbound, facts),
            thread=case_of_thread(inbound.thread),
            text=text,
        ),
        files=list(facts.files.get(entry.key, ())) if words else [],
    )


def _writer(inbound: Inbound, facts: CaseFacts) -> str:
    name = facts.names.get(inbound.about.person or "") or inbound.about.name
    if name:
        return name
    address = inbound.reply.address
    return f"{_NOBODY_KNOWN} ({address})" if address else _NOBODY_KNOWN


def _left_out(entry: CaseEntry, facts: CaseFacts) -> ThreadEntry:
    person, stored = entry.person or "", facts.events.get(entry.key)
    about = f" de «{events_es.title(stored.event.name)}»" if stored is not None else ""
    return ThreadEntry(
        kind=ThreadKind.LEFT_OUT,
        at=entry.at,
        sentence=_plain(f"A {facts.names.get(person, person)} no se le avisa{about}: {_why_left_out(entry)}"),
        who=person,
    )


def _why_left_out(entry: CaseEntry) -> str:
    if entry.reason == ON_LEAVE:
        return f"está en licencia o vacaciones{f'; la reemplaza {entry.detail}' if entry.detail else ''}"
    if entry.reason == NOT_OPTED_IN:
        return "no hay una autorización suya en pie para escribirle con esta finalidad"
    why = sentences_es.reason(entry.reason)
    return f"{why[:1].lower()}{why[1:]}"


def _message(entry: CaseEntry, facts: CaseFacts, texts: Mapping[UUID, MessageText]) -> ThreadEntry | None:
    sent = facts.messages.get(entry.key)
    if sent is None:
        return None
    message = sent.message
    first, *rest = sentences(sent)
    who = message.name or message.person
    about = events_es.title(message.event)
    return ThreadEntry(
        kind=ThreadKind.LETTER if message.channel == LETTER else ThreadKind.MESSAGE,
        at=entry.at,
        sentence=f"A {who}, «{about}», {first[:1].lower()}{first[1:]}",
        more=rest or _answers(sent.attempts),
        who=message.person,
        message=_message_facts(sent, texts.get(entry.key, MessageText())),
    )


def _answers(calls: Sequence[Attempt]) -> list[str]:
    """Not that the hub has stored something itself: the sentence says where it lies."""
    return [_answer(call) for call in calls if (call.provider, call.outcome) != (OWN_STORE, "accepted")]


def _answer(call: Attempt) -> str:
    """`9 mar 2026, 8:05 a. m.: aceptado por el proveedor (smtp, 250).`: the answer of the provider."""
    return f"{sentences_es.short_time(call.at)}: {attempts_es.attempt_words(call)}."


def _message_facts(sent: CaseMessage, words: MessageText) -> ThreadMessage:
    return ThreadMessage(
        **{name: getattr(sent.message, name) for name in _OF_A_MESSAGE},
        attempts=[convert(call, ThreadAttempt, from_attributes=True) for call in sent.attempts],
        **asdict(words),
    )


def _plain(text: str) -> str:
    return sentences_es.sentence(text.replace(filters.NBSP, " "))


def note_entry(
    note: CaseNote | None, names: Mapping[str, str], files: Sequence[KeptFile] = ()
) -> ThreadEntry | None:
    """Put a note into words; None for one that is gone since it was listed. `names`: account → name."""
    if note is None:
        return None
    said = _WITHDRAWN if note.withdrawn else _TAKEN if _is_taken(note) else _SAID[note.kind]
    about = _about(note, names)
    return ThreadEntry(
        kind=ThreadKind(note.kind),
        at=note.at,
        sentence=sentences_es.sentence(said.format(by=who_es(note.by, names), about=about)),
        more=[] if note.withdrawn else list(_heard(note, names)),
        who=note.by,
        note=ThreadNote(id=note.id, by=note.by, words=note.words),
        files=list(files),
    )


def _about(note: CaseNote, names: Mapping[str, str]) -> str:
    about = note.about or ""
    if note.kind is NoteKind.SNOOZED:
        return near_dates.whole(datetime.fromisoformat(about))
    if _is_taken(note):
        had = [*note.told, *map(of_account, note.untold)]
        return ", ".join(who_es(account, names) for account in had) or "alguien más"
    if note.kind is NoteKind.HANDED_OVER:
        return who_es(about, names)
    return about


def _is_taken(note: CaseNote) -> bool:
    """Return whether who acts has the case now, which a colleague had."""
    return note.kind is NoteKind.HANDED_OVER and note.about == note.by


def _heard(note: CaseNote, names: Mapping[str, str]) -> Iterable[str]:
    if note.told:
        yield f"Le avisa a {', '.join(who_es(account, names) for account in note.told)}."
    if note.untold:
        missing = ", ".join(f"@{name}" for name in note.untold)
        yield f"Sin aviso a {missing}: aquí no atiende nadie con ese nombre, o no tiene bandeja."
