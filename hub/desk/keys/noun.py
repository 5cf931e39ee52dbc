"""Keys: their list, page and acts, as the doors have them."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from hub.desk.keys import acts
from hub.desk.keys.rows import ENDS_ES, OVERLAPS_ES, KeyBody, KeyMade, KeyRow, RotateBody, scopes_es
from hub.doors.act import ADMIN, Act, List, Noun, Once, Read, Where
from hub.doors.operator import Operator
from hub.errors import NameTaken
from hub.rendering.labels_es import SCOPES
from hub.rendering.page_links import key_path

_PATH: Final = "/keys"
_ONE: Final = f"{_PATH}/{{name}}"
_SECTION: Final = "/accounts"
_act: Final = partial(Act, needs=ADMIN, where=Where.EVERYWHERE, section=_SECTION)


async def _words(_: Operator) -> dict[str, Any]:
    return {"ends": ENDS_ES, "overlaps": OVERLAPS_ES, "scopes_of": scopes_es}


def _once(made: KeyMade) -> Once:
    return Once(
        title=f"Llave {made.name}",
        what=f"Abre: {', '.join(SCOPES[scope] for scope in made.scopes)}.",
        secret=made.token,
        until=made.expires_at,
        to_do="Póngala donde el otro sistema guarda sus secretos, y en ninguna otra parte.",
        back=key_path(made.name),
        back_label="Ir a la llave",
    )


_making: Final = partial(
    _act,
    status=201,
    once=_once,
    says=lambda made: made.token,
    warns="Shown once: only a hash of it is kept.",
)

NOUN: Final = Noun(
    name="keys",
    one=acts.KEY,
    audited={
        "key.create": "Creó una llave",
        "key.revoke": "Anuló una llave",
        "key.rotate": "Cambió una llave por otra",
    },
    lists=(
        List(
            acts.list_keys,
            _PATH,
            needs=ADMIN,
            where=Where.EVERYWHERE,
            row=KeyRow,
            title="Llaves",
            file="llaves",
            tabs=(("/accounts", "Cuentas"), (_PATH, "Llaves"), ("/webhooks", "Webhooks y resultados")),
            tabs_label="Cuentas y llaves",
            section=_SECTION,
            template="desk/keys/list.html",
            more=_words,
            lines=(
                *("name", "prefix", "state", "scopes", "source", "event_types", "amqp_user", "cases_of"),
                *("created_at", "expires_at", "used_at"),
            ),
        ),
    ),
    reads=(
        Read(
            acts.show_keys_of_name,
            _ONE,
            needs=ADMIN,
            where=Where.EVERYWHERE,
            api=False,
            command="",
            section=_SECTION,
            template="desk/keys/page.html",
            more=_words,
        ),
    ),
    acts=(
        _making(
            acts.create_key,
            _PATH,
            command="create",
            refuses=(NameTaken,),
            label="Crear y ver la llave",
            form=acts.key_of_form,
        ),
        _making(acts.rotate_key, f"{_ONE}/rotate", label="Hacer la nueva y verla", form=acts.overlap_of_form),
        _act(
            acts.revoke_key,
            f"{_ONE}/revoke",
            label="Anularla",
            asks=acts.ask_revoke,
            done="La llave quedó anulada: ya no abre.",
            leads_to=_PATH,
            says=lambda done: f"{done.revoked} revoked",
        ),
    ),
    examples={
        KeyBody: {
            "name": "crm",
            "scopes": ["publish"],
            "source": "urn:coproservicios:crm",
            "event_types": ["pqrs.received"],
        },
        RotateBody: {"old_ends_at": "2026-03-10T08:00:00-05:00"},
    },
)
