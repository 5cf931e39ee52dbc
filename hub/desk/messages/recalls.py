"""Taking an event back: what has not left stays here, and what lies in an inbox is struck through."""

from __future__ import annotations

from typing import Final

from hub.catalog import BY_NAME
from hub.desk.messages.rows import RecallBody
from hub.doors.act import Question
from hub.doors.operator import Operator, found
from hub.errors import NotOffered
from hub.model import CORRECTION, RECALL, own_event
from hub.model.letters import HandedOver
from hub.operations.recipients import event_named
from hub.rendering.titles_es import EVENTS
from hub.storage import corrections

_OWN: Final = "what the hub itself says is not taken back: only what somebody has published"
_FOLLOWS: Final = (
    "No sale nada más de este aviso. En las bandejas queda tachado; las cartas sin entregar y los carteles "
    "se retiran. La página de cada mensaje dice que se retiró y qué es lo correcto. La corrección se envía "
    "aparte, a quienes lo recibieron."
)
_FIELDS: Final = (
    {"name": "reason", "label": "Por qué se retira", "required": True, "most": 2_000},
    {"name": "correction_markdown", "label": "Lo correcto, para quienes lo recibieron", "kind": "area"},
    {"name": "no_correction", "label": "O por qué nadie necesita una corrección", "most": 2_000},
)


async def recall_event(by: Operator, key: str, body: RecallBody) -> HandedOver:
    """
    Take an event back, whoever has published it: nothing more of it leaves; safe to repeat.

    It says what is right, or why nobody needs to know: one of both must be there.
    """
    of = found("event", await event_named(by.stores.explain, key, by.places))
    said = {name: text.strip() for name in body.__struct_fields__ if (text := getattr(body, name)).strip()}
    data = {"source": of.event.source, "id": of.event.id, **said}
    event = own_event(RECALL, f"recall:{of.key}", data, time=by.now)
    by.stores.schemas.check(event, now=by.now)
    if is_own(of.event.name):
        raise NotOffered(_OWN)
    if await corrections.recalled(by.db, [of.key]):
        return HandedOver(id=of.key, changed=False)
    await by.audit("event.recall", f"event:{of.key}", event=of.event.name)
    await by.stores.publisher.event(event)
    return HandedOver(id=of.key, changed=True)


async def ask_recall(by: Operator, key: str) -> Question:
    """Ask for the reason, and say how many have the message and how many will not get it any more."""
    of = found("event", await event_named(by.stores.explain, key, by.places))
    reached = await corrections.reached(by.db, of.key)
    own = is_own(of.event.name)
    return Question(
        title="Retirar un aviso",
        lead=EVENTS.get(of.event.name, of.event.name),
        facts={
            "Personas que lo recibieron, o pudieron recibirlo": reached.had,
            "Personas que no lo recibirán": reached.people - reached.had,
        },
        follows="Ya se retiró." if reached.recalled else _FOLLOWS,
        press="" if reached.recalled or own else "Sí, retirar",
        fields=_FIELDS,
    )


def is_own(name: str) -> bool:
    """Return whether the hub says this of what it knows: a promise that was not kept stays so."""
    return name == RECALL or (BY_NAME[name].hub_emitted and name != CORRECTION)
