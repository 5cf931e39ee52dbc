"""A batch of letters begins with the posters to be printed for the notice boards of its building."""

from typing import Any
from uuid import UUID

from hub.desk.posters import queries
from hub.model.posters import PosterStep
from hub.storage import Database, posters
from tests.integration.test_print_batches import BATCHES, HERE, letters, post, raw
from tests.integration.test_web_posters import announced, cancelled, works
from tests.integration.web_doubles import World
from tests.unit.pdf_reader import pages_of


async def made_batch(world: World, opened: Database) -> tuple[UUID, str]:
    """Announce works and make a batch of two letters; return the poster, and the batch's path."""
    await letters(opened, 2)
    poster = await announced(opened, works())
    made = (await post(world, BATCHES, {"copropiedad": HERE})).json
    return poster, f"{BATCHES}/{made['id']}"


async def state_of(opened: Database, poster: UUID) -> Any:
    shown = await queries.poster(opened, poster)
    assert shown is not None
    return shown.state


async def test_a_batch_begins_with_the_posters_of_its_building(opened: Database) -> None:
    world = World(database=opened)
    poster, path = await made_batch(world, opened)
    pdfs = [(await raw(world, f"{path}/pdf"))[2] for _ in range(2)]
    before = await state_of(opened, poster)
    await post(world, f"{path}/printed")
    cover, *pages = [page for page in pages_of(pdfs[0]) if page]

    assert pdfs[0] == pdfs[1]
    assert "2 cartas" in cover
    assert "Para la cartelera" in cover
    assert "Sin agua" in cover
    assert ["Empieza" in page for page in pages] == [True, False, False]
    assert ("to_print", "printed") == (before, await state_of(opened, poster))


async def test_what_was_cancelled_before_it_was_printed_is_not_in_the_batch(opened: Database) -> None:
    world = World(database=opened)
    poster, path = await made_batch(world, opened)
    await cancelled(opened)
    cover, *pages = [page for page in pages_of((await raw(world, f"{path}/pdf"))[2]) if page]
    await post(world, f"{path}/printed")

    assert "cartelera" not in cover.lower()
    assert len(pages) == 2
    assert "obsolete" == await state_of(opened, poster)


async def test_what_was_cancelled_between_two_printings_is_not_printed_again(opened: Database) -> None:
    world = World(database=opened)
    poster, path = await made_batch(world, opened)
    first = (await raw(world, f"{path}/pdf"))[2]
    await cancelled(opened)
    again = (await raw(world, f"{path}/pdf"))[2]
    await post(world, f"{path}/printed")

    assert ["cartelera" in pages_of(pdf)[0].lower() for pdf in (first, again)] == [True, False]
    # The first printing may hang.
    assert "to_take_down" == await state_of(opened, poster)


async def test_a_batch_that_is_undone_gives_its_posters_back(opened: Database) -> None:
    world = World(database=opened)
    poster, path = await made_batch(world, opened)
    await post(world, f"{path}/cancel")
    again = (await post(world, BATCHES, {"copropiedad": HERE})).json

    assert [poster] == await posters.of_batch(opened, again["id"])


async def test_what_is_printed_or_elsewhere_is_in_no_batch(opened: Database) -> None:
    world = World(database=opened)
    poster = await announced(opened, works())
    shown = await queries.poster(opened, poster)
    assert shown is not None
    await queries.record(opened, shown, PosterStep.PRINTED, by="cli:ana")
    await letters(opened, 1)
    await letters(opened, 1, place="ph-2")
    made = [(await post(world, BATCHES, {"copropiedad": place})).json for place in (HERE, "ph-2")]

    assert [[], []] == [await posters.of_batch(opened, batch["id"]) for batch in made]
