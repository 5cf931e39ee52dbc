"""Posters of an event on the notice boards, in Spanish. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hub.model.posters import HungPoster, PosterState
from hub.rendering.filters import fecha_hora

_ONE_AND_MORE: Final[Mapping[PosterState, tuple[str, str]]] = {
    PosterState.TO_PRINT: ("1 aviso por imprimir", "{} avisos por imprimir"),
    PosterState.PRINTED: ("1 aviso impreso, por colgar", "{} avisos impresos, por colgar"),
    PosterState.HUNG: ("1 aviso colgado", "{} avisos colgados"),
    PosterState.TO_TAKE_DOWN: ("1 aviso por retirar", "{} avisos por retirar"),
    PosterState.TAKEN_DOWN: ("1 aviso retirado", "{} avisos retirados"),
    PosterState.OBSOLETE: (
        "1 aviso que ya no vale y no se imprimió",
        "{} avisos que ya no valen y no se imprimieron",
    ),
}


def sentences(posters: Sequence[HungPoster]) -> Iterator[str]:
    """Say how many posters there are in each state: `Cartelera: 1 aviso colgado el lunes 9 …`."""
    for state, (one, more) in _ONE_AND_MORE.items():
        found = [poster for poster in posters if poster.state is state]
        if len(found) > 1:
            yield f"Cartelera: {more.format(len(found))}."
        elif found:
            yield f"Cartelera: {one}{_since(found[0], state)}."


def _since(poster: HungPoster, state: PosterState) -> str:
    at = poster.hung_at if state is PosterState.HUNG else poster.taken_down_at
    return "" if at is None else f" el {fecha_hora(at).rstrip('.')}"
