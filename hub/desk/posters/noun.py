"""Posters: their lists, reads and acts, as the doors have them."""

from __future__ import annotations

from typing import Final

from hub.desk.posters import acts
from hub.desk.posters.rows import PosterRecorded, PosterRow
from hub.doors.act import Act, List, Noun, Read
from hub.model.posters import PosterState

_PATH: Final = "/posters"
_ONE: Final = f"{_PATH}/{{id}}"
_PDF: Final = Read(acts.print_poster, f"{_ONE}/pdf", label="Descargar el PDF", command="")


def _recorded(done: PosterRecorded) -> str:
    return f"{done.id}  {'recorded' if done.changed else 'nothing to record'}: {done.state}"


NOUN: Final = Noun(
    name="posters",
    one=acts.POSTER,
    audited={
        "poster.hung": "Dio por colgado un cartel",
        "poster.printed": "Dio por impreso un cartel",
        "poster.taken_down": "Dio por retirado un cartel",
    },
    lists=(
        List(
            acts.list_posters,
            _PATH,
            row=PosterRow,
            title="Carteles",
            empty="Ningún cartel con esos filtros. Los hace un aviso que se publica también en cartelera.",
            file="carteles",
            tabs=(("/letters", "Cartas"), ("/letters/batches", "Lotes"), (_PATH, "Carteles")),
            tabs_label="Cartas, lotes y carteles",
            section="/letters",
            live="posters",
            mark=acts.newest_of_each_state,
            lines=("created_at", "state", "building", "event", "title", "holds_until", "id"),
        ),
    ),
    reads=(
        Read(
            acts.show_poster,
            _ONE,
            command="show",
            section="/letters",
            facts=(
                *("state", "event", "building", "zones", "created_at", "holds_until", "ended_by"),
                *(
                    "printed_at",
                    "printed_by",
                    "hung_at",
                    "hung_by",
                    "taken_down_at",
                    "taken_down_by",
                    "sha256",
                ),
            ),
            text="title",
            saves={"html": "html", "pdf": _PDF},
        ),
        _PDF,
    ),
    acts=(
        Act(
            acts.mark_poster_printed,
            f"{_ONE}/printed",
            label="Ya se imprimió",
            done="Quedó como impreso.",
            offered=lambda row: row.state is PosterState.TO_PRINT,
            says=_recorded,
        ),
        Act(
            acts.mark_poster_hung,
            f"{_ONE}/hung",
            label="Ya se colgó",
            done="El cartel quedó como colgado.",
            offered=lambda row: row.state in {PosterState.TO_PRINT, PosterState.PRINTED},
            says=_recorded,
        ),
        Act(
            acts.mark_poster_taken_down,
            f"{_ONE}/taken-down",
            label="Ya se retiró",
            done="El cartel quedó como retirado.",
            offered=lambda row: (
                row.state in {PosterState.PRINTED, PosterState.HUNG, PosterState.TO_TAKE_DOWN}
            ),
            says=_recorded,
        ),
    ),
)
