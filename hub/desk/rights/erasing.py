"""
Erasure of a person for good: a reference remains, and the records that the law keeps for a term.

    begin: directory and addresses are closed ▸ messages ▸ replies, copies ▸ events and cases ▸ look again

Every step may be repeated, so that a crash costs nothing. The timers go on until nothing is left: a message
that is being sent ends by itself, and an event may come late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from hub.access.actor import Actor
from hub.errors import HubError, KeptByDuty, UnknownName
from hub.model.erasures import Duties, Duty, Erased, Erasure
from hub.model.ids import stranger_ref
from hub.model.months import months_after
from hub.people.audience.contacts import written_as
from hub.storage import Database, PostgresErasures
from hub.storage.strangers import has_open_case, known

MESSAGES: Final = 500
"""Messages that one transaction erases."""
EVENTS: Final = 1000
"""Events that are read at once."""
_NONE: Final = UUID(int=0)
_BEFORE_ALL: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

DUTIES_ES: Final[Mapping[Duty, str]] = {
    Duty.MEMBERSHIP: "hoy es propietario, residente, pagador o empleado: el sistema que publica el "
    "directorio debe terminar primero ese vínculo",
    Duty.CASE: "tiene un caso abierto (petición, reclamo u otro): hay que responderlo primero",
    Duty.DEBT: "debe cuotas: sus datos se conservan hasta que pague",
    Duty.LEGAL_MESSAGE: "hay un aviso legal que no ha salido, o una carta sin entregar "
    "(en Mensajes o en Cartas)",
    Duty.ACCOUNT: "tiene una cuenta en la consola: hay que cerrarla primero, en Cuentas y llaves",
}
"""The reason why data must be kept, in Spanish, for the answer to the person."""
ERASED_ES: Final[Mapping[str, str]] = {
    "messages": "mensajes",
    "inbox": "entradas de la bandeja",
    "letters": "cartas",
    "replies": "respuestas",
    "versions": "versiones del directorio",
    "preferences": "cambios de preferencias",
}
"""Count of a report → its name."""
KEPT_ES: Final[Mapping[str, str]] = {
    "kept_legal": "mensajes legales por su plazo",
    "kept_consents": "autorizaciones, sin su nombre",
    "kept_marks": "marcas de no contactar, sin su nota",
    "kept_audit": "notas de quién vio los datos",
}
"""Count of a report → the data that the law keeps."""


_OPEN: Final = "No se suprime: tiene un caso abierto; hay que responderlo primero."
_NOBODY: Final = (
    "No hay mensajes a esa dirección sola. Si dejó correo y celular, dé los dos; si está en el directorio, "
    "suprímala por su person_id."
)


class ErasureReport(Struct, kw_only=True):
    """The counts of an erasure, planned or done. `left` is true while the timers still have work."""

    person: str
    duties: list[Duty]
    counts: dict[str, int]
    left: bool


async def look(by: Actor, store: PostgresErasures, person: str, *, legal_since: datetime) -> ErasureReport:
    """Return the effects of an erasure, and audit the look; it changes nothing. Raises UnknownName."""
    if not await store.knows(person):
        raise _unknown(person)
    await by.note("person.erase.look", f"person:{person}", person=person)
    duties, counts = await store.duties(person), await store.counts(person, legal_since)
    return ErasureReport(person=person, duties=list(duties), counts=dict(counts), left=True)


async def start(
    by: Actor,
    store: PostgresErasures,
    person: str,
    *,
    reason: str,
    legal_since: datetime,
    again: bool = False,
) -> ErasureReport:
    """
    Begin an erasure, which the timers finish: a caller over HTTP need not wait for all events to be read.

    `again` says that an erasure which an older copy has lost is repeated. Raises KeptByDuty where a duty
    requires the data, UnknownName.
    """
    counts = await store.counts(person, legal_since)
    if duties := await store.duties(person):
        raise KeptByDuty(why(duties))
    if not await store.knows(person):
        raise _unknown(person)
    # No act is harder to undo: without the row nothing is erased.
    await by.note("person.erase", f"person:{person}", person=person, **({"again": True} if again else {}))
    if not await store.begin(person, by=by.by, reason=reason):
        raise _unknown(person)
    return ErasureReport(person=person, duties=[], counts=dict(counts), left=True)


async def erase(
    by: Actor,
    store: PostgresErasures,
    person: str,
    *,
    reason: str,
    legal_since: datetime,
    again: bool = False,
    step: Callable[[int], None] = lambda _: None,
) -> ErasureReport:
    """Erase the person, to the end. Raises as `start` does."""
    report = await start(by, store, person, reason=reason, legal_since=legal_since, again=again)
    begun = await store.erasure(person)
    left = begun is None or not await go_on(store, begun, legal_since=legal_since, step=step)
    return replace(report, left=left)


class ErasedAgain(Struct, kw_only=True):
    """
    The result of erasing people again: `unknown` are not in this database, `kept` have a reason to stay.
    """

    erased: list[str]
    unknown: list[str]
    kept: dict[str, list[Duty]]


async def erase_again(
    by: Actor, store: PostgresErasures, listed: Iterable[Erased], *, legal_since: datetime
) -> ErasedAgain:
    """
    Erase these people in a database that is older than their erasures; safe to repeat.

    Duties count: the copy may be older than the event that has ended them.
    """
    done = ErasedAgain(erased=[], unknown=[], kept={})
    for one in listed:
        if duties := await store.duties(one.person):
            done.kept[one.person] = list(duties)
        elif not await store.knows(one.person):
            done.unknown.append(one.person)
        else:
            await erase(by, store, one.person, reason=one.reason, legal_since=legal_since, again=True)
            done.erased.append(one.person)
    return done


def _unknown(person: str) -> UnknownName:
    return UnknownName(f"no hay nadie que se llame {person!r} en el directorio, ni mensajes suyos")


def why(duties: Duties) -> str:
    """Return the reason why the data is kept."""
    return "No se suprime: " + "; ".join(DUTIES_ES[duty] for duty in duties) + "."


async def go_on(
    store: PostgresErasures,
    erasure: Erasure,
    *,
    legal_since: datetime,
    step: Callable[[int], None] = lambda _: None,
) -> bool:
    """Erase the rest of a person; return whether nothing is left."""
    after = _NONE
    done = 0
    while page := await store.messages(erasure.person, after, MESSAGES):
        await store.erase_messages(page, legal_since)
        after, done = page[-1], done + len(page)
        step(done)
    # Once all events are read, those that come are swept for everybody at once.
    current = erasure if erasure.finished_at is None else None
    while current is not None and await store.erase_events(current, EVENTS, legal_since):
        current = await store.erasure(erasure.person)
    await store.erase_rest(erasure)
    is_over = not await store.left(erasure, legal_since)
    await store.finish(erasure, is_over=is_over)
    return is_over


def kept_since(now: datetime, months: int) -> datetime:
    """Return the instant since which legal messages are kept; 0 months is for ever."""
    return months_after(now, -months) if months else _BEFORE_ALL


async def strangers_of(db: Database, given: Sequence[str]) -> Sequence[str]:
    """
    Return the references of people who left these addresses, each alone or both at once.

    Raises HubError, UnknownName, and KeptByDuty while a case of theirs runs.
    """
    addresses = [_address(address) for address in given]
    emails = [address for address in addresses if "@" in address]
    phones = [address for address in addresses if "@" not in address]
    pairs = [(email, phone) for email in (None, *emails) for phone in (None, *phones) if email or phone]
    if await has_open_case(db, addresses):
        raise KeptByDuty(_OPEN)
    found = await known(db, {stranger_ref(email, phone) for email, phone in pairs})
    if not found:
        raise UnknownName(_NOBODY)
    return found


def _address(address: str) -> str:
    written = written_as(address.strip())
    if written is None:
        raise HubError("Eso no es un correo ni un celular.")
    return written
