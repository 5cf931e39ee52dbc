"""The logs, rows and output of a working hub hold none of its secrets."""

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import until
from tests.canaries import PLACES, planted

SERVERS = ("HUB_AMQP_URL", "HUB_AMQP_MANAGEMENT_URL", "HUB_REDIS_URL", "HUB_DATABASE_URL")
COMMANDS = (
    *(("check",), ("settings", "--json"), ("secrets", "list", "--json"), ("deliveries", "--json")),
    *(("dead", "list", "--json"), ("channel", "list", "--json"), ("incidents", "--json")),
)


async def test_sent_and_refused_messages_hold_no_secret(house: House) -> None:
    places = {name: text for name, text in PLACES.items() if name not in SERVERS}
    outbox = house.folder / "outbox"
    birds = planted(
        places, HUB_MODE="capture", HUB_CAPTURE_DIR=str(outbox), HUB_MAIL_DOMAIN="respuestas.example.co"
    )
    house.settings |= birds.environ
    async with house.running() as publishing:
        await publishing.publish("pqrs.received", directory.pqrs(1))
        await publishing.publish_bytes(b"{ no event", "pqrs.received")
        await until(lambda: len(list(outbox.glob("*"))) >= 1, "what goes out")
        await until(lambda: "event.rejected" in (house.folder / "hub.log").read_text(), "the refusal")
        outputs = [await house.command(*command) for command in COMMANDS]
    files = [path.read_bytes().decode() for path in outbox.rglob("*") if path.is_file()]

    assert files
    assert "JSON" in outputs[4]
    for text in (*files, *outputs, (house.folder / "hub.log").read_text()):
        assert birds.seen_in(text) == []
