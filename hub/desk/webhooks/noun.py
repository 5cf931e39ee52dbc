"""Webhooks and results: their lists, page and acts, as the doors have them."""

from __future__ import annotations

from functools import partial
from http import HTTPMethod
from typing import Final

from hub.desk.webhooks import acts
from hub.desk.webhooks.rows import (
    SourceBody,
    SubscriptionBody,
    SubscriptionRow,
    WebhookBody,
    WebhookMade,
    WebhookRow,
    WebhookSecret,
)
from hub.doors.act import ADMIN, Act, List, Noun, Once, Read, Where
from hub.errors import UnknownSubscription

_PATH: Final = "/webhooks"
_ONE: Final = f"{_PATH}/{{id}}"
_RESULTS: Final = "/results"
_SECTION: Final = "/accounts"
_SOURCE: Final = "urn:coproservicios:crm"
_REMOVED: Final = "Se quitó."
_ONCE: Final = "Shown once: it is stored only sealed."
_act: Final = partial(Act, needs=ADMIN, where=Where.EVERYWHERE, section=_SECTION)
_list: Final = partial(List, needs=ADMIN, where=Where.EVERYWHERE, section=_SECTION)


def _once(made: WebhookMade | WebhookSecret) -> Once:
    return Once(
        title="Secreto del webhook",
        what="Con él, el otro sistema comprueba que un aviso es del centro.",
        secret=made.secret,
        to_do="Póngalo donde el otro sistema guarda sus secretos, y en ninguna otra parte.",
        back=f"{_PATH}/{made.id}",
        back_label="Ir al webhook",
    )


NOUN: Final = Noun(
    name="webhooks",
    one=acts.WEBHOOK,
    audited={
        "webhook.add": "Agregó un webhook",
        "webhook.on": "Encendió un webhook",
        "webhook.remove": "Quitó un webhook",
        "webhook.rotate": "Cambió el secreto de un webhook",
    },
    lists=(
        _list(
            acts.list_webhooks,
            _PATH,
            row=WebhookRow,
            title="Webhooks y resultados",
            file="webhooks",
            tabs=(("/accounts", "Cuentas"), ("/keys", "Llaves"), (_PATH, "Webhooks y resultados")),
            tabs_label="Cuentas y llaves",
            template="desk/webhooks/list.html",
            more=acts.page_words,
            lines=(
                "id",
                "source",
                "url",
                "kinds",
                "state",
                "waiting",
                "failing_since",
                "last_error",
                "sent_at",
            ),
        ),
    ),
    reads=(
        Read(
            acts.show_webhook,
            _ONE,
            needs=ADMIN,
            where=Where.EVERYWHERE,
            api=False,
            command="",
            section=_SECTION,
            template="desk/webhooks/page.html",
        ),
    ),
    acts=(
        _act(
            acts.add_webhook,
            _PATH,
            status=201,
            command="add",
            label="Agregar y ver su secreto",
            form=acts.webhook_of_form,
            once=_once,
            says=lambda made: f"{made.id}\n{made.secret}",
            warns=_ONCE,
        ),
        _act(
            acts.remove_webhook,
            _ONE,
            method=HTTPMethod.DELETE,
            command="remove",
            at=f"{_ONE}/remove",
            label="Quitarlo",
            asks=acts.ask_remove,
            done=_REMOVED,
            leads_to=_PATH,
            says=lambda done: f"{done.id} is removed",
        ),
        _act(
            acts.enable_webhook,
            f"{_ONE}/on",
            label="Encender, y enviar lo que espera",
            done="El webhook quedó encendido, y lo que esperaba sale ya.",
            says=lambda done: f"{done.id} is on",
        ),
        _act(
            acts.rotate_webhook,
            f"{_ONE}/rotate",
            status=201,
            label="Hacer otro secreto",
            once=_once,
            says=lambda made: made.secret,
            warns=_ONCE,
        ),
        _act(
            acts.test_webhook,
            f"{_ONE}/test",
            label="Probar ahora",
            shown=True,
            says=lambda done: "taken" if done.taken else f"not taken: {done.reason}",
            fails=lambda done: not done.taken,
        ),
    ),
    examples={WebhookBody: {"source": _SOURCE, "url": "https://crm.example/hooks/hub"}},
)

RESULTS: Final = Noun(
    name="results",
    one="subscription",
    audited={
        "results.off": "Dejó de publicar resultados",
        "results.on": "Empezó a publicar resultados",
    },
    lists=(
        _list(
            acts.list_subscriptions,
            _RESULTS,
            row=SubscriptionRow,
            lines=("source", "kinds", "key", "created_at", "created_by"),
        ),
    ),
    acts=(
        _act(
            acts.subscribe,
            _RESULTS,
            command="on",
            at=f"{_PATH}/results",
            label="Publicar sus resultados",
            form=acts.subscription_of_form,
            done="Los resultados se publican desde ahora.",
            leads_to=_PATH,
            says=lambda row: f"notification.*.{row.key}",
        ),
        _act(
            acts.unsubscribe,
            _RESULTS,
            method=HTTPMethod.DELETE,
            command="off",
            refuses=(UnknownSubscription,),
            at=f"{_PATH}/results/off",
            label="Quitar",
            asks=acts.ask_unsubscribe,
            done=_REMOVED,
            leads_to=_PATH,
            says=lambda done: f"nothing more is published about {done.source}",
        ),
    ),
    examples={
        SourceBody: {"source": _SOURCE},
        SubscriptionBody: {"source": _SOURCE, "kinds": ["sent", "failed"]},
    },
)
"""Results over RabbitMQ, whose forms stand on the page of webhooks."""
