"""Holders of roles on a day, as a command against a real database."""

from __future__ import annotations

from hub.contact_rules.consents import consents_of
from hub.model.ids import event_key
from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import consent, membership, person


async def test_who_was_an_owner_on_a_day_is_asked_on_the_command_line(environ: dict[str, str]) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(
            [
                person("p-1", names="María Peña"),
                membership("p-1", "unit:u-1", "owner", since="2019-07-01", until="2026-03-09"),
                membership("p-2", "unit:u-1", "owner", since="2026-03-09"),
            ]
        )
    asked = ("people", "who", "owner", "--unit", "u-1")
    before, _ = await printed(environ, *asked, "--on", "2026-03-08")
    _, after, _ = await hub(environ, *asked, "--on", "2026-03-09")
    _, first, _ = await hub(environ, *asked, "--limit", "1")
    refused = [
        await hub(environ, *words)
        for words in (
            (*asked, "--copropiedad", "ph-1"),
            (*asked, "--on", "ayer"),
            ("people", "who", "vecino", "--unit", "u-1"),
        )
    ]

    assert "María Peña" in before
    assert ["p-2"] == [row["person"] for row in after["items"]]
    assert (1, None) == (len(first["items"]), first["next"])
    assert [2, 2, 2] == [status for status, _, _ in refused]


async def test_consents_are_shown_on_the_command_line(environ: dict[str, str]) -> None:
    consents = [
        consent("p-1", "commercial", channels=["email", "sms"]),
        consent("p-1", "survey", granted=False),
        consent("p-1", "collection", method=None),
    ]
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory([person("p-1"), person("p-2")])
        await transaction.add_consents(
            [row for event in consents for row in consents_of(event, event_key(event))]
        )
    screen, _ = await printed(environ, "people", "consents", "p-1")
    _, out, _ = await hub(environ, "people", "consents", "p-1")
    _, nothing, _ = await hub(environ, "people", "consents", "p-2")
    missing, _, complaint = await hub(environ, "people", "consents", "p-9")
    _, noted, _ = await hub(environ, "audit")

    assert [("collection", True, False), ("commercial", True, True), ("survey", False, False)] == [
        (row["purpose"], row["granted"], row["authorises"]) for row in out["items"]
    ]
    assert {"2026-02"} == {row["text_version"] for row in out["items"]}
    assert "email, sms" in screen
    assert 1 == screen.count("no autoriza nada")
    assert "2026-03-09 12:00:00" in screen
    assert [] == nothing["items"]
    assert (1, True) == (missing, "no person" in complaint)
    assert [("person.consents", person) for person in ("p-2", "p-1", "p-1")] == [
        (row["action"], row["person"]) for row in noted["items"]
    ]


async def test_commands_mask_addresses_by_default_and_audit_each_look(
    environ: dict[str, str],
) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory(
            [person("p-1", names="María Peña"), membership("p-1", "unit:u-1", "owner")]
        )
    screen, _ = await printed(environ, "people", "show", "p-1")
    _, masked, _ = await hub(environ, "people", "show", "p-1")
    _, whole, _ = await hub(environ, "people", "show", "p-1", "--whole")
    missing, _, complaint = await hub(environ, "people", "show", "p-9")
    await hub(environ, "people", "who", "owner", "--unit", "u-1")
    _, of_one, _ = await hub(environ, "audit", "--person", "p-1")
    _, everything, _ = await hub(environ, "audit")
    looks = [(row["action"], row["subject"], row["detail"]) for row in of_one["items"]]

    assert "María Peña" in screen
    assert "unit:u-1" in screen
    assert ("María Peña", True, "p***@e***.com") == (
        masked["name"],
        masked["masked"],
        masked["contact_points"][0]["value"],
    )
    assert ("María Peña", "p-1@example.com") == (whole["name"], whole["contact_points"][0]["value"])
    assert (1, True) == (missing, "no person" in complaint)
    named = {"whole": False, "named": True}
    assert [("person.show", "person:p-1", how) for how in ({"whole": True}, named, named)] == looks[:3]
    assert {"urn:crm"} == {row["who"] for row in of_one["items"][3:]}
    newest = [row["action"] for row in everything["items"]][:3]
    assert ["audit.person", "people.list", "person.show"] == newest
    assert all(row["who"].startswith("cli:") for row in everything["items"])
    assert "María" not in str([of_one, everything])


async def test_preferences_and_marks_are_set_on_the_command_line(environ: dict[str, str]) -> None:
    async with (
        Database(environ["HUB_DATABASE_URL"]) as database,
        PostgresIntake(database).transaction() as transaction,
    ):
        await transaction.apply_directory([person("p-1")])
    asked = ("people", "preferences", "p-1")
    refused, _, complaint = await hub(environ, *asked, "--set", "legal=none")
    _, changed, _ = await hub(environ, *asked, "--set", "service=sms,email", "--set", "quiet=21:00-07:00")
    screen, _ = await printed(environ, *asked)
    await hub(environ, "people", "do-not-contact", "p-1", "--reason", "deceased", "--note", "certificado")
    shown, _ = await printed(environ, "people", "show", "p-1")
    _, marks, _ = await hub(environ, "people", "do-not-contact", "p-1")
    _, ended, _ = await hub(environ, "people", "do-not-contact", "p-1", "--end")
    missing, _, _ = await hub(environ, "people", "do-not-contact", "p-9")
    _, noted, _ = await hub(environ, "audit", "--person", "p-1")

    assert (1, True) == (refused, "La ley obliga" in complaint)
    assert {
        "channels": {"service": ["sms", "email"]},
        "quiet_hours": {"since": "21:00", "until": "07:00"},
    } == (changed["preferences"])
    assert "sms, email" in screen
    assert "deceased desde" in shown
    assert [("deceased", "certificado")] == [(row["reason"], row["note"]) for row in marks["items"]]
    assert ({"ended": 1}, 1) == (ended, missing)
    assert {"person.mark", "person.mark.end", "person.preferences.change"} < {
        row["action"] for row in noted["items"]
    }
