"""Batches of letters over HTTP: make, list, print, mark as printed, hand over, cancel."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Final

from aiohttp import web
from msgspec.structs import asdict

from hub.model.letters import PrintBatch
from hub.operations import letters
from hub.ports import BatchStore
from hub.web.auth.caller import actor_of, note, places_of
from hub.web.requests import found, read_id
from hub.web.responses import json_answer, pdf_answer
from hub.web.schemas.common import HandedOver
from hub.web.schemas.letters import BatchBody, BatchDelivered, BatchesQuery, BatchMade, BatchWhole
from hub.web.services import services

_BATCH: Final = "batch"


async def list_batches(request: web.Request, query: BatchesQuery) -> web.Response:
    """List batches of letters, newest first."""
    page = await _store(request).batches(
        copropiedad_id=query.copropiedad, after=query.after, limit=query.limit, places=places_of(request)
    )
    return json_answer(page)


async def make_batch(request: web.Request, body: BatchBody) -> web.Response:
    """
    Make a batch of the open letters of a copropiedad; its PDF is at `…/{id}/pdf`.

    Safe to repeat: where nothing is open it is the batch that was made before and is not printed.
    """
    return json_answer(await made_batch(request, body))


async def made_batch(request: web.Request, body: BatchBody) -> BatchMade:
    """Make the batch. Raises NothingToPrint."""
    size, store = body.size or services(request).policy.paper.size, _store(request)
    made = await letters.make_batch(actor_of(request), store, body.copropiedad, size=size)
    batch = found(_BATCH, await store.batch(made.batch, places_of(request)))
    return BatchMade(**asdict(batch), made=made.made, left=made.left)


async def show_batch(request: web.Request) -> web.Response:
    """Show a batch and its letters, in the order of printing."""
    return json_answer(await batch_of(request))


async def batch_of(request: web.Request) -> BatchWhole:
    batch = await _batch(request)
    items = await _store(request).letters_of(batch.id)
    return BatchWhole(**asdict(batch), items=list(items))


async def print_batch(request: web.Request) -> web.Response:
    """
    Send the PDF of a batch: a cover, then each letter with its document.

    It changes nothing. Letters that were recalled or erased since are not in it; the cover says how many.
    """
    batch = await _batch(request)
    made = await services(request).letter_printer.of_batch(batch)
    people: Sequence[str | None] = made.people or (None,)
    for person in people:
        await note(request, "batch.print", f"batch:{batch.id}", person=person)
    return pdf_answer(made.content, f"cartas-{batch.id}.pdf")


async def mark_printed(request: web.Request) -> web.Response:
    """Mark a batch as printed: its letters are on paper. Safe to repeat."""
    batch = await _noted(request, "batch.printed")
    return await _marked(batch, _store(request).mark_printed(batch.id))


async def cancel_batch(request: web.Request) -> web.Response:
    """Undo a batch of which nothing is printed: its letters are open again. Safe to repeat."""
    batch = await _noted(request, "batch.cancelled")
    return await _marked(batch, _store(request).cancel(batch.id))


async def hand_over_batch(request: web.Request) -> web.Response:
    """
    Mark the letters of a printed batch as handed over: their messages are delivered. Safe to repeat.

    Letters that were posted are not among them: `/api/letters/{id}/done` when the post has delivered one.
    """
    batch, changed = await _batch(request), 0
    for letter in await letters.to_hand_over(batch, _store(request)):
        await note(request, "letter.done", f"letter:{letter.id}", person=letter.person)
        changed += bool(
            await letters.hand_over(
                letter.id,
                store=services(request).letters,
                publisher=services(request).publisher,
                now=services(request).now(),
                places=places_of(request),
            )
        )
    return json_answer(BatchDelivered(id=batch.id, changed=changed))


def _store(request: web.Request) -> BatchStore:
    return services(request).batches


async def _batch(request: web.Request) -> PrintBatch:
    """Return the batch. Raises Refusal (404) if there is none within the caller's reach."""
    return found(_BATCH, await _store(request).batch(read_id(request, _BATCH), places_of(request)))


async def _noted(request: web.Request, action: str) -> PrintBatch:
    batch = await _batch(request)
    await note(request, action, f"batch:{batch.id}")
    return batch


async def _marked(batch: PrintBatch, marking: Awaitable[bool]) -> web.Response:
    return json_answer(HandedOver(id=batch.id, changed=await marking))
