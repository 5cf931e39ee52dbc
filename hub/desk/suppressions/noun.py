"""Suppressions and opt-outs: their lists, reads and acts, as the doors have them."""

from __future__ import annotations

from typing import Final

from hub.desk.suppressions import acts
from hub.desk.suppressions.rows import LiftBody, Lifted, OptOutRow, SuppressionRow
from hub.doors.act import Act, List, Noun, Read

_PATH: Final = "/suppressions"
_OPT_OUTS: Final = "/opt-outs"
_NOTHING: Final = "nothing to lift: no such address or id, or it was lifted before; `list` shows the ids"


def _lifted(done: Lifted) -> str:
    return f"{done.lifted} lifted" if done.lifted else _NOTHING


NOUN: Final = Noun(
    name="suppressions",
    one=acts.SUPPRESSION,
    audited={
        "suppression.add": "Suspendió una dirección",
        "suppression.lift": "Quitó la suspensión de una dirección",
    },
    lists=(
        List(
            acts.list_suppressions,
            _PATH,
            row=SuppressionRow,
            lines=("since", "address", "channel", "reason", "expires_at", "lifted_at", "id"),
        ),
    ),
    reads=(
        Read(
            acts.show_suppression,
            f"{_PATH}/{{id}}",
            command="show",
            facts=(
                *("id", "since", "address", "channel", "reason", "provider", "code", "message_id"),
                *("expires_at", "lifted_at", "lifted_by", "person"),
            ),
        ),
    ),
    acts=(
        Act(acts.lift_suppression, f"{_PATH}/lift", says=_lifted),
        Act(
            acts.lift_of_person,
            "/people/{ref}/lift",
            api=False,
            command="",
            label="Escribirle otra vez",
            done="Se levantó: a ese contacto se le escribe otra vez.",
        ),
    ),
    examples={LiftBody: {"address": "maria@example.com", "by": "luz.marina"}},
)

OPT_OUTS: Final = Noun(
    name="opt_outs",
    one="opt-out",
    audited={
        "opt_out.lift": "Quitó una baja",
    },
    lists=(
        List(
            acts.list_opt_outs,
            _OPT_OUTS,
            api=False,
            row=OptOutRow,
            lines=("since", "address", "purpose", "person", "reason", "lifted_at", "id"),
        ),
    ),
    acts=(Act(acts.lift_opt_out, f"{_OPT_OUTS}/lift", api=False, says=_lifted),),
)
