"""Accounts as a sheet: a line for each office of an account in each place. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from hub.access.account_rows import AccountRow
from hub.operations.explain.sentences_es import short_time
from hub.rendering.labels_es import ACCOUNT_STATES, OFFICES

COLUMNS: Final = (
    *("Cuenta", "Nombre", "Cargo", "Copropiedad", "Estado", "Segundo factor", "Último ingreso"),
)


def account_lines(
    rows: Iterable[AccountRow], place_name: Callable[[str], str]
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        seen = short_time(row.signed_in_at) if row.signed_in_at else ""
        state = ACCOUNT_STATES[row.state], "sí" if row.second_factor else "no", seen
        held = [(OFFICES[grant.office], place_name(grant.copropiedad_id)) for grant in row.grants]
        for office, place in held or [("", "")]:
            yield row.name, row.display_name, office, place, *state
