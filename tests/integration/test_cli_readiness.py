"""Readiness before going live, as a command against a real database."""

from hub.contact_rules.consents import consents_of
from hub.model.ids import event_key
from hub.storage import Database, PostgresIntake
from tests.command_line import hub, printed
from tests.contract.values import consent, copropiedad, membership, person, unit

MAIL = {"id": "e", "kind": "email", "value": "maria@example.com", "verified": True}
MOBILE = {"id": "m", "kind": "phone", "value": "300 123 4567"}


async def test_readiness_lists_what_is_missing_per_copropiedad(
    environ: dict[str, str], opened: Database
) -> None:
    async with PostgresIntake(opened).transaction() as transaction:
        await transaction.apply_directory(
            [
                copropiedad("ph-1", name="Altos"),
                copropiedad("ph-2", name="Río"),
                *(unit(ref, "ph-1") for ref in ("u-1", "u-2", "u-3")),
                person("p-1", contact_points=[MAIL, MOBILE]),
                person("p-2", contact_points=[MAIL], digital_access=False),
                person("p-3", contact_points=[MAIL]),
                membership("p-1", "unit:u-1", "owner"),
                membership("p-1", "unit:u-2", "resident"),
                membership("p-2", "copropiedad:ph-1", "council"),
                membership("p-3", "copropiedad:ph-1", "staff", duty="service", level=1),
                membership("p-3", "company", "staff", duty="ops"),
                membership("p-1", "unit:u-3", "owner", until="2020-01-01"),
            ]
        )
        yes = consent("p-1", "data_treatment", "commercial")
        unproven = consent("p-2", "data_treatment", text_version=None)
        for said in (yes, unproven):
            await transaction.add_consents(consents_of(said, event_key(said)))
    suppress = "INSERT INTO suppression (address, channel, since, reason, provider, code, lifted_at) "
    await opened.rows(
        suppress + "VALUES ('+573001234567', 'sms', now(), '', '', '', NULL),"
        " ('maria@example.com', 'email', now(), '', '', '', now())"
    )

    _, both, _ = await hub(environ, "people", "readiness")
    _, one, _ = await hub(environ, "people", "readiness", "--copropiedad", "ph-1")
    screen, _ = await printed(environ, "people", "readiness")
    missing, _, complaint = await hub(environ, "people", "readiness", "--copropiedad", "ph-9")

    [altos, rio] = both["items"]
    counted = ("units", "empty_units", "people", "email", "mobile", "letter_only", "unverified", "suppressed")
    assert [altos[name] for name in counted] == [3, 1, 2, 1, 0, 1, 1, 1]
    assert altos["unstaffed"] == ["on_call", "privacy_officer", "level 2", "level 3", "level 4"]
    assert rio["unstaffed"] == [
        *("service", "on_call", "privacy_officer"),
        *("level 1", "level 2", "level 3", "level 4"),
    ]
    assert one["items"] == [altos]
    assert "Unidades sin nadie: 1. Qué hacer:" in screen
    names = ("authorised", "commercial", "survey", "refused", "missing_consent")
    assert [altos[name] for name in names] == [1, 1, 0, 0, 1]
    assert "sin autorización de tratamiento de datos: 1. Qué hacer:" in screen
    assert (missing, "there is no copropiedad 'ph-9'" in complaint) == (1, True)
