"""A person with two units and two addresses gets one notice, which names both units."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance import directory
from tests.acceptance.conftest import House
from tests.acceptance.harness import Publisher, until


async def test_the_convocation_comes_once_and_names_both_units(house: House) -> None:
    async with house.running() as publisher:
        await publish_units(publisher)
        event_id = await publisher.publish("admin.assembly.convened", assembly())
        await until(lambda: bool(house.smtp.mails), "the mail")
        # A later event of the same lane is planned after it: nothing of it is still to come.
        await publisher.publish("pqrs.received", directory.pqrs(1))
        await until(lambda: len({mail.recipient for mail in house.smtp.mails}) > 1, "the later mail")
        listed = await house.settled(event_id)

    [mail] = [mail for mail in house.smtp.mails if mail.recipient != "pedro1@example.co"]
    [text, html] = [mail.message.get_body((form,)) for form in ("plain", "html")]
    assert text is not None
    assert html is not None
    line = "Unidades: Torre 1 Apto 101 y Torre 2 Apto 302"
    assert "doble@example.co" == mail.recipient
    assert line in text.get_content().splitlines()
    assert line in html.get_content()
    assert [("p-doble", "email", "sent")] == [
        (item["person"], item["channel"], item["state"]) for item in listed if item["purpose"] == "legal"
    ]


def assembly() -> dict[str, Any]:
    starts = datetime.now(UTC) + timedelta(days=20)
    return {
        "copropiedad_id": directory.BUILDING,
        "assembly_id": "asamblea-1",
        "kind": "ordinaria",
        "modality": "presencial",
        "starts_at": starts.isoformat(),
        "place_or_link": "Salón comunal",
        "agenda": ["Verificación del quórum", "Presupuesto"],
        "second_call_at": (starts + timedelta(days=5)).isoformat(),
        "documents": [],
        "override": {"by": "account:ana", "reason": "Las fechas de una prueba."},
    }


async def publish_units(publisher: Publisher) -> None:
    """Publish the building, two of its units, and a person who owns one and is proxy for the other."""
    await publisher.publish(
        "directory.copropiedad.upserted",
        {"copropiedad_id": directory.BUILDING, "version": 1, "name": "Edificio Prueba"},
    )
    points = [
        {"id": f"cp-{number}", "kind": "email", "value": value}
        for number, value in enumerate(("doble@example.co", "otra@example.co"))
    ]
    await publisher.publish(
        "directory.person.upserted",
        {"person_id": "p-doble", "version": 1, "names": "Ana Doble", "contact_points": points},
    )
    for tower, label, role in (("1", "Apto 101", "owner"), ("2", "Apto 302", "proxy")):
        await publisher.publish(
            "directory.unit.upserted",
            {
                "unit_id": f"u-{tower}",
                "version": 1,
                "copropiedad_id": directory.BUILDING,
                "tower": tower,
                "label": label,
            },
        )
        await publisher.publish(
            "directory.membership.upserted",
            {
                "membership_id": f"m-{tower}",
                "version": 1,
                "person_id": "p-doble",
                "scope": f"unit:u-{tower}",
                "role": role,
            },
        )
