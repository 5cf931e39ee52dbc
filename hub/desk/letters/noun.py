"""Letters and their batches: lists, reads and acts, as the doors have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hub.desk.letters import acts
from hub.desk.letters.rows import BatchBody, DocumentBody, LetterBuilding, LetterRow, PostedBody, PrintBatch
from hub.doors.act import PRIVACY, Act, List, Noun, Read
from hub.errors import NothingToPrint, TooLate
from hub.model.letters import HandedOver

PATH: Final = "/letters"
PATH_OF_BATCHES: Final = f"{PATH}/batches"
_ONE: Final = f"{PATH}/{{id}}"
_LIFE: Final = f"{_ONE}/life"
_BATCH: Final = f"{PATH_OF_BATCHES}/{{id}}"


def _says(changed: str, before: str) -> Callable[[HandedOver], str]:
    """Return what a command says of a change, and of one that was made before."""
    return lambda done: f"{done.id}  {changed.format(id=done.id) if done.changed else before}"


LETTERS: Final = List(
    acts.list_letters,
    PATH,
    row=LetterRow,
    live="letters",
    mark=acts.mark,
    lines={
        "made": "created_at",
        **{name: name for name in ("state", "guide", "event", "person", "subject", "id")},
    },
)
NOUN: Final = Noun(
    name="letters",
    one=acts.LETTER,
    audited={
        "letter.attach": "Agregó el documento de una carta",
        "letter.document": "Vio el documento de una carta",
        "letter.done": "Entregó una carta",
        "letter.look": "Abrió la página de una carta",
        "letter.posted": "Envió una carta por correo certificado",
        "letter.print": "Imprimió una carta",
    },
    lists=(
        LETTERS,
        List(
            acts.list_buildings,
            f"{PATH}/buildings",
            row=LetterBuilding,
            command="buildings",
            lines=("copropiedad", "copropiedad_id", "open", "batched", "printed", "posted", "documents"),
        ),
    ),
    reads=(
        Read(
            acts.show_letter,
            _ONE,
            needs=PRIVACY,
            command="show",
            facts=(
                *("name", "person", "event", "state", "copropiedad_id", "created_at", "batch", "printed_at"),
                *("posted_at", "guide", "handed_over_at", "subject", "document"),
            ),
            text="shown_text",
            saves={
                "pdf": Read(acts.show_pdf, f"{_ONE}/pdf", needs=PRIVACY),
                "html": "html",
                "document": Read(acts.show_document, f"{_ONE}/document", needs=PRIVACY),
            },
        ),
    ),
    acts=(
        Act(
            acts.attach_document,
            f"{_ONE}/document",
            command="",
            done="El documento quedó guardado: sus cartas se hacen en unos segundos.",
            refuses=(TooLate,),
        ),
        Act(
            acts.mark_posted,
            f"{_ONE}/posted",
            refuses=(TooLate,),
            label="Quedó en el correo",
            done="Quedó como enviada por correo certificado.",
            leads_to=_LIFE,
            says=_says("posted", "was posted with this guide before"),
        ),
        Act(
            acts.hand_over,
            f"{_ONE}/done",
            command="",
            label="Se entregó",
            done="Quedó como entregada.",
            leads_to=_LIFE,
        ),
    ),
    examples={PostedBody: {"guide": "RA123456789CO"}, DocumentBody: {"pdf": "JVBERi0xLjcKJSVFT0YK"}},
)
BATCHES: Final = Noun(
    name="batches",
    one=acts.BATCH,
    audited={
        "batch.cancelled": "Canceló un lote de cartas",
        "batch.make": "Hizo un lote de cartas",
        "batch.print": "Descargó un lote de cartas",
        "batch.printed": "Dio por impreso un lote de cartas",
    },
    lists=(
        List(
            acts.list_batches,
            PATH_OF_BATCHES,
            row=PrintBatch,
            command="batches",
            lines={
                "made": "made_at",
                "copropiedad": lambda row: row.copropiedad or row.copropiedad_id or "–",
                **{name: name for name in ("letters", "withdrawn", "missing")},
                "printed": "printed_at",
                **{name: name for name in ("posted", "delivered")},
                "cancelled": "cancelled_at",
                "by": "made_by",
                "id": "id",
            },
        ),
    ),
    reads=(
        Read(acts.show_batch, _BATCH, command=""),
        Read(acts.print_batch, f"{_BATCH}/pdf", needs=PRIVACY, command="", refuses=(TooLate,)),
    ),
    acts=(
        Act(
            acts.make_batch,
            PATH_OF_BATCHES,
            command="",
            done="El lote está listo: imprímalo.",
            refuses=(NothingToPrint,),
        ),
        Act(
            acts.mark_printed,
            f"{_BATCH}/printed",
            label="Ya se imprimió",
            done="Quedó como impreso.",
            refuses=(TooLate,),
            says=_says(
                "printed. When they are handed over: hub letters done --batch {id}",
                "was marked as printed before",
            ),
        ),
        Act(
            acts.cancel_batch,
            f"{_BATCH}/cancel",
            label="Deshacer el lote",
            done="Se canceló.",
            refuses=(TooLate,),
            says=_says("cancelled: its letters are open again", "was cancelled before"),
        ),
        Act(
            acts.hand_over_batch,
            f"{_BATCH}/delivered",
            command="",
            label="Sí, se entregaron",
            done="Quedó como entregada.",
            refuses=(TooLate,),
        ),
    ),
    examples={BatchBody: {"copropiedad": "ph-altos-del-rosal"}},
)
