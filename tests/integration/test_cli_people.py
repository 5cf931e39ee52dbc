"""People and audiences on the command line, and the search."""

import re

from hub.contact_rules.consents import consents_of
from hub.model.ids import event_key
from hub.people.audience import asked
from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.stores import stores_in
from tests.contract.values import consent, copropiedad, membership, person, unit


async def test_who_was_an_owner_on_a_day_is_asked_on_the_command_line(
    environ: dict[str, str], opened: Database
) -> None:
    await stores_in(opened).apply_directory(
        person("p-1", names="María Peña"),
        membership("p-1", "unit:u-1", "owner", since="2019-07-01", until="2026-03-09"),
        membership("p-2", "unit:u-1", "owner", since="2026-03-09"),
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


async def test_consents_are_shown_on_the_command_line(environ: dict[str, str], opened: Database) -> None:
    consents = [
        consent("p-1", "commercial", channels=["email", "sms"]),
        consent("p-1", "survey", granted=False),
        consent("p-1", "collection", method=None),
    ]
    async with PostgresIntake(opened).transaction() as transaction:
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
    environ: dict[str, str], opened: Database
) -> None:
    await stores_in(opened).apply_directory(
        person("p-1", names="María Peña"), membership("p-1", "unit:u-1", "owner")
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


async def test_preferences_and_marks_are_set_on_the_command_line(
    environ: dict[str, str], opened: Database
) -> None:
    await stores_in(opened).apply_directory(person("p-1"))
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


MAIL = {"id": "e", "kind": "email", "value": "maria@example.com"}


async def test_audience_is_shown_on_the_command_line(environ: dict[str, str], opened: Database) -> None:
    await stores_in(opened).apply_directory(
        unit("u-1", label="101"),
        person("p-1", names="María Peña", contact_points=[MAIL]),
        person("p-2", names="Pedro Gómez", contact_points=[]),
        membership("p-1", "unit:u-1", "owner"),
        membership("p-2", "copropiedad:ph-1", "council"),
    )
    words = ("people", "audience", "owners@copropiedad:ph-1", "council@copropiedad:ph-1")
    _, whole, _ = await hub(environ, *words)
    _, first, _ = await hub(environ, *words, "--limit", "1")
    _, rest, _ = await hub(environ, *words, "--after", first["next"])
    screen, _ = await printed(environ, *words)
    refused, _, complaint = await hub(environ, "people", "audience", "residentes@unit:u-1")
    _, noted, _ = await hub(environ, "audit")

    assert ["p-1", "p-2"] == [row["person"] for row in whole["items"]]
    assert {"email": 1, "mobile": 0, "push": 0, "letter_only": 1} == whole["reach"]
    assert [["p-1"], ["p-2"]] == [[row["person"] for row in page["items"]] for page in (first, rest)]
    assert (
        "Personas: 2. Se les avisa a 2 (correo 1, celular 0, push 0, solo papel 1). Por fuera: 0." in screen
    )
    assert "María Peña" in screen
    assert ["audience.show"] * 4 == [row["action"] for row in noted["items"]]
    assert {"asked": list(words[2:]), "found": 2} == noted["items"][0]["detail"]
    assert (1, True) == (refused, "did you mean 'residents'?" in complaint)


async def test_every_example_of_the_help_can_be_asked(environ: dict[str, str]) -> None:
    screen, _ = await printed(environ, "people", "audience", "--help")
    examples = re.findall(r"hub people audience ([a-z\"].+?)\s*(?:│|$)", screen, flags=re.MULTILINE)
    words = [word for line in examples for word in ([line.strip('"')] if line[0] == '"' else line.split())]

    assert 7 == len(examples)
    assert len(asked(words)) == len(words)


async def test_search_prints_what_it_finds_and_notes_it(environ: dict[str, str], opened: Database) -> None:
    await stores_in(opened).apply_directory(
        copropiedad("ph-1", name="Altos del Rosal"),
        unit("u-301", "ph-1", tower="2", label="Apto 301"),
        person("p-1", names="José González"),
        membership("p-1", "unit:u-301", "owner", since="2026-01-01"),
    )
    named, _ = await printed(environ, "search", "gonzales", "jose")
    whole, _ = await printed(environ, "search", "gonzales", "--whole")
    _, nothing = await printed(environ, "search", "zutano")
    code, answer, _ = await hub(environ, "search", "T2-301")
    audit, _ = await printed(environ, "audit")

    assert "Personas" in named
    assert "José González" in named
    assert "propietario, Torre 2 Apto 301" in named
    assert "José González" in whole
    assert "No se encontró nada" in nothing
    assert (0, ["units"], "u-301") == (
        code,
        [group["kind"] for group in answer["groups"]],
        answer["groups"][0]["items"][0]["id"],
    )
    assert "search" in audit
    assert "gonzales" not in audit


async def test_help_of_search_teaches_what_may_be_typed(environ: dict[str, str]) -> None:
    words, _ = await printed(environ, "search", "--help")

    for example in ("hub search gomez ana", "hub search T2-301", "hub search PQ-2026-000901"):
        assert example in words
