"""Notes of colleagues as entries of their case, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from hub.model.actors import of_account
from hub.model.casework import CaseNote, NoteKind
from hub.model.given_files import KeptFile
from hub.operations.cases.schemas import ThreadEntry, ThreadKind, ThreadNote
from hub.operations.explain import sentences_es
from hub.rendering import near_dates
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
