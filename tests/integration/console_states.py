"""Rare states of a hub, in which pages look different, for `console_pages.py`."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final, TypeAlias

from hub.desk.channels import queries
from hub.desk.communications.acts import (
    make_communication,
    plan_communication,
    send_communication,
)
from hub.desk.communications.rows import CommunicationBody, SendBody
from hub.desk.imports.acts import look_at_sheet
from hub.desk.imports.rows import SheetBody
from hub.desk.webhooks.acts import add_webhook
from hub.desk.webhooks.rows import WebhookBody
from hub.inbound.replies import read
from hub.messages.planning.undelivered import REPORTED
from hub.model import ClockHistory, ClockState, Pause, Purpose, Rendered, Reply, State
from hub.model.incidents import Symptom
from hub.web.services import SERVICES
from tests.contract.stores import RealStores, open_stores
from tests.contract.values import HOUR, clock, event, message, now, stored
from tests.integration.console_hub import ConsoleHub
from tests.integration.test_web_console_now import unready
from tests.operators import operator
from tests.providers.samples import outgoing

HERE: Final = "ph-alfa"
Ids: TypeAlias = dict[str, str]


async def seldom(hub: ConsoleHub) -> None:
    """Let a building have all that is seldom; its ids stand for words of paths."""
    async with open_stores(hub.hub.database_url) as stores:
        hub.more |= await _messages(stores)
        hub.more |= await _replies(stores)
        hub.more |= await _clocks(stores)
        await _twice(stores)
        await stores.monitor.see([Symptom(key="circuit:sms:twilio", measured="20 fallos")])
    hub.more |= {
        "HOOK": await _webhook(hub),
        "SHEET": await _sheet(hub),
        "WRONG": (await unready(hub)).removeprefix("/dead/"),
    }
    await hub.database.rows("UPDATE account SET person = 'p-alfa' WHERE name = $1", hub.account.name)
    paused = partial(queries.pause, hub.database, by="account:Ana")
    await paused("channel:sms", reason="Sale dos veces", ends_at=now() + HOUR)
    await paused("event:pqrs.received", reason="")


async def written(hub: ConsoleHub) -> None:
    """Let communications to a building be looked at, scheduled, and on their way."""
    deps = hub.hub.applications["console"][SERVICES]
    by = operator(deps.database, "account:Ana", ring=deps.ring)
    for word, at in (("LOOKED", None), ("LATER", now() + HOUR), ("GOING", None)):
        data = {"title": f"Lavado del tanque {word}", "body_markdown": "El **jueves** no hay agua."}
        to = (f"everyone@copropiedad:{HERE}",)
        row = await make_communication(by, CommunicationBody(data=data, to=to, starts_at=at))
        whole = await plan_communication(by, row.id)
        if word != "LOOKED" and whole.plan is not None:
            await send_communication(by, row.id, SendBody(digest=whole.plan.digest or ""))
        hub.more[word] = str(row.id)


async def stopped(hub: ConsoleHub) -> None:
    """Let everything be paused, as after a restore."""
    await queries.pause(hub.database, "all", by="restore", reason="Copia de las 3:00")


async def _messages(stores: RealStores) -> Ids:
    """Messages that wait, that a report doubts, and that are read in the inbox."""
    of = stored(event(id="seldom"), copropiedad_id=HERE, case="pqrs_id:CASE-alfa")
    address = {"person": "p-alfa", "address": "alfa@lives.example", "created_at": now()}
    made = {
        "HELD": message(of, state=State.HELD, reason="paused", next_at=now() + HOUR, **address),
        "DOUBT": message(of, state=State.SENT, reason=f"{REPORTED}5.1.1", occasion="again", **address),
        "ENTRY": message(
            of, channel="inbox", contact_id="inbox", state=State.WAITING, **{**address, "address": "p-alfa"}
        ),
    }
    await stores.add_events(of)
    await stores.add(*made.values())
    words = Rendered(subject="Su caso", text="Ya va el técnico.", html="<p>Ya va el técnico.</p>")
    entry = made["ENTRY"]
    sent = outgoing("inbox", "p-alfa", id=entry.id, person="p-alfa", name="Persona alfa", rendered=words)
    await stores.inbox.add([sent])
    return {word: str(one.id) for word, one in made.items()}


async def _replies(stores: RealStores) -> Ids:
    """A reply to an emergency, and a writer whom the directory does not know."""
    of = stored(event("emergency.declared", id="fire"), copropiedad_id=HERE, case="emergency_id:fire")
    told = message(
        of,
        person="p-alfa",
        channel="sms",
        address="+573001111111",
        state=State.SENT,
        purpose=Purpose.EMERGENCY,
    )
    await stores.add_events(of)
    await stores.add(told)
    answer = Reply(
        channel="sms",
        provider="twilio",
        reference="help",
        address="+573001111111",
        text="Sigo en el piso 3",
        at=now(),
        message_id=told.id,
    )
    stranger = Reply(
        channel="email", provider="mail", reference="hello", address="who@x.example", text="Hola", at=now()
    )
    ids: Ids = {}
    for word, reply in {"HELP": answer, "STRANGER": stranger}.items():
        added = await stores.replies.add(read(reply, await stores.replies.about(reply), now=now()))
        ids |= {word: str(added.id), "CONVERSATION": f"thread_id:{added.thread}"}
    said = stored(event("inbound.message.received", id="hello"), case=ids["CONVERSATION"])
    await stores.add_events(said)
    return ids


async def _clocks(stores: RealStores) -> Ids:
    """A promise that was kept, and one that waits for somebody else."""
    place = {"context": {"copropiedad_id": HERE}}
    kept = clock("pqrs_id:KEPT", state=ClockState.MET, ended_at=now(), **place)
    waits = clock("pqrs_id:WAITS", course=ClockHistory(pauses=(Pause(since=now()),)), **place)
    await stores.save_clocks(kept, waits)
    return {"KEPT": str(kept.id), "WAITS": str(waits.id)}


async def _twice(stores: RealStores) -> None:
    """Two cases of one number."""
    both = [
        stored(event(name, id=f"twice-{name}"), copropiedad_id=HERE, case=f"{field}:TWICE-1")
        for name, field in (("pqrs.received", "pqrs_id"), ("maintenance.request.received", "request_id"))
    ]
    await stores.add_events(*both)


async def _webhook(hub: ConsoleHub) -> str:
    deps = hub.hub.applications["console"][SERVICES]
    body = WebhookBody(url="https://crm.example/results", source="urn:coproservicios:crm")
    made = await add_webhook(operator(deps.database, ring=deps.ring), body)
    return made.id


async def _sheet(hub: ConsoleHub) -> str:
    deps = hub.hub.applications["console"][SERVICES]
    lines = (
        "Copropiedad;Torre;Unidad;Nombre;Correo;Rol\nAltos;1;302;Ana;ana@x.example;residente\nAltos;1;;;;;\n"
    )
    looked = await look_at_sheet(operator(deps.database, ring=deps.ring), SheetBody(file=lines.encode()))
    return str(looked.id)


SAYS: Final[Mapping[str, str]] = {
    "now-incident": "twilio",
    "communication-looked": "Enviar a",
    "communication-scheduled": "Devolver a borrador",
    "communication-running": "en camino",
    "channels-paused": "Sale dos veces. Termina",
    "message-held": "Cancelar este mensaje",
    "message-held-cancel": "Cancelar el mensaje",
    "message-doubted": "Sí rebotó",
    "reply-emergency": "esta persona puede necesitar ayuda",
    "reply-stranger": "Alguien que el directorio no conoce",
    "case-emergency": "Emergencia declarada",
    "case-conversation": "Ya se le contestó de otra forma",
    "case-choices": "¿Cuál caso?",
    "case-unknown": "No hay un caso con esa clave.",
    "clock-kept": "No hizo falta",
    "clock-waits": "Queda en pausa.",
    "webhook": "Probar ahora",
    "webhook-sure": "Sí, quitarlo",
    "dead-typed": "Ver a quién le llega",
    "own-inbox-entry": "Ya va el técnico.",
    "now-stopped": "Todo está en pausa",
    "channels-stopped": "Seguir con todo",
}
"""Page → its words in this state alone: without them the state is not there, and nothing is judged."""
PREPARED: Final[Mapping[str, Callable[[ConsoleHub], Awaitable[None]]]] = {
    "seldom": seldom,
    "written": written,
    "stopped": stopped,
}
"""Section of pages → what must be so before."""
