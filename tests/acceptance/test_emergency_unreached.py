"""People whom every message of an emergency misses, and the call about them to the desk's phone."""

from typing import Final

from hub.storage import Database
from tests.acceptance.conftest import House
from tests.acceptance.directory import BUILDING, _member, _person, publish_all
from tests.acceptance.harness import Publisher, until

DESK: Final = "+573105550199"
LOST: Final = {"p-bea": ("Bea Rios", "3002220001"), "p-luis": ("Luis Gil", "3002220002")}
DECLARED: Final = {
    "copropiedad_id": BUILDING,
    "emergency_id": "eme-1",
    "kind": "incendio",
    "severity": "alta",
    "instruction": "Salga por las escaleras.",
    "contact": "601 555 0199",
    "scope": "Torre 1",
    "drill": False,
}


async def furnish(house: House, publisher: Publisher) -> None:
    """Add two residents with a number that the provider refuses, and a desk."""
    await publish_all(publisher)
    for ref, (name, phone) in LOST.items():
        house.twilio.unknown.add(f"+57{phone}")
        await _person(publisher, ref, name, phone=phone)
        await _member(publisher, f"m-{ref}", ref, "unit:u-101", "resident")
    await _person(publisher, "p-desk", "Portería Torre", phone=DESK.removeprefix("+57"))
    await _member(publisher, "m-desk", "p-desk", f"copropiedad:{BUILDING}", "staff", duty="front_desk")

    async with Database(house.database_url) as database:

        async def is_there() -> bool:
            return bool(await database.rows("SELECT FROM membership WHERE id = 'm-desk'"))

        # The urgent lane would overtake the directory.
        await until(is_there, "the directory")


def alerts(house: House) -> list[str]:
    return [text.body for text in house.twilio.texts if text.to == DESK and "sin avisar" in text.body]


async def test_the_desk_is_told_once_of_all_whom_the_provider_refused(house: House) -> None:
    async with house.running() as publisher:
        await furnish(house, publisher)
        event_id = await publisher.publish("emergency.declared", DECLARED)
        await until(lambda: bool(alerts(house)), "the text to the desk")
        explained = [await house.command("explain", event_id, ref) for ref in (*LOST, "p-ana")]
        case = await house.command("case", "eme-1")

    [text] = alerts(house)
    for name, phone in LOST.values():
        assert name in text
        assert phone in text
    assert "Bea" not in (house.folder / "hub.log").read_text()
    assert "Llame ya" in text
    assert "Ana" not in text
    assert [True, True, False] == ["se pidió a la portería" in words for words in explained]
    assert "le llegó a 2 personas" in case
