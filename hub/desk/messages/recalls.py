"""Taking an event back: what has not left stays here, and what lies in an inbox is struck through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from hub.catalog import BY_NAME
from hub.desk.messages.rows import RecallBody, RecallResult
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import NotOffered
from hub.model import CORRECTION, RECALL, StoredEvent, own_event
from hub.model.corrections import ReachCount
from hub.operations.recipients import event_named
from hub.rendering.titles_es import EVENTS
from hub.storage import corrections

_OWN: Final = "what the hub itself says is not taken back: only what somebody has published"
_ALREADY: Final = "Ya se retiró."
_FOLLOWS: Final = (
    "No sale nada más de este aviso. En las bandejas queda tachado; las cartas sin entregar y los carteles "
    "se retiran. La página de cada mensaje dice que se retiró y qué es lo correcto. La corrección se envía "
    "aparte, a quienes lo recibieron."
)
_FIELDS: Final = (
    {"name": "reason", "label": "Por qué se retira", "required": True, "most": 2_000},
    {
        "name": "correction_markdown",
        "label": "Lo correcto",
        "kind": "area",
        "most": 20_000,
        "help": "Lo lee quien abra el mensaje que recibió.",
    },
    {
        "name": "no_correction",
        "label": "O por qué nadie necesita una corrección",
        "most": 2_000,
        "help": "Si no escribe lo correcto, diga aquí la razón.",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallOffer:
    """Whether an event was taken back, and what decides whether staff may: whom it reaches, who says it."""

    recalled: bool
    reached: ReachCount
    own: bool

    @property
    def offered(self) -> bool:
        return not self.recalled and not self.own and self.reached.people > 1


async def recall_event(by: Operator, key: str, body: RecallBody) -> RecallResult:
    """
    Take an event back, whoever has published it: nothing more of it leaves; safe to repeat.

    It says what is right, or why nobody needs to know: one of both must be there.
    """
    of = await _event(by, key)
    said = {
        "correction_markdown": body.correction_markdown.strip(),
        "no_correction": body.no_correction.strip(),
    }
    data = {"source": of.event.source, "id": of.event.id, "reason": body.reason.strip()}
    data |= {name: text for name, text in said.items() if text}
    event = own_event(RECALL, f"recall:{of.key}", data, time=by.now)
    by.stores.schemas.check(event, now=by.now)
    if _is_own(of.event.name):
        raise NotOffered(_OWN)
    if await corrections.recalled(by.db, [of.key]):
        return RecallResult(id=of.key, event_id=event.id, changed=False)
    await by.audit("event.recall", f"event:{of.key}", event=of.event.name)
    await by.stores.publisher.event(event)
    return RecallResult(id=of.key, event_id=event.id, changed=True)


async def ask_recall(by: Operator, key: str) -> Question:
    """Ask for the reason, and say how many have the message and how many will not get it any more."""
    of = await _event(by, key)
    now = await recall_offer(by, of.key, of.event.name)
    had = now.reached.had
    return Question(
        title="Retirar un aviso",
        lead=EVENTS.get(of.event.name, of.event.name),
        facts={
            "Lo recibieron, o pudieron recibirlo": _people(had),
            "No lo recibirán": _people(now.reached.people - had),
        },
        follows=_ALREADY if now.recalled else _FOLLOWS,
        press="" if now.recalled or now.own else "Sí, retirar",
        fields=_FIELDS,
    )


async def recall_offer(by: Operator, key: UUID, name: str) -> RecallOffer:
    """Return what is to know before the event of this key and name is taken back."""
    recalled = bool(await corrections.recalled(by.db, [key]))
    return RecallOffer(recalled=recalled, reached=await corrections.reached(by.db, key), own=_is_own(name))


async def _event(by: Operator, key: str) -> StoredEvent:
    return found("event", await event_named(by.stores.explain, key, by.places))


def _is_own(name: str) -> bool:
    """Return whether the hub says this of what it knows: a promise that was not kept stays so."""
    return name == RECALL or (BY_NAME[name].hub_emitted and name != CORRECTION)


def _people(count: int) -> str:
    return "1 persona" if count == 1 else f"{count} personas"
