"""Answers to a regulator in `docs/data-protection.md`: each command, on a real history, prints its own."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hub.access.keyring import KeyRing
from hub.desk.exclusions import acts as exclusions
from hub.model import Event
from hub.model.exclusions import ExcludedAddress
from hub.settings import load
from hub.storage import Database, PostgresExclusions
from tests.command_line import Ended, command
from tests.integration.constancias import seal_all
from tests.integration.test_evidence import ENVIRON, Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import HOUR, MONDAY, agreed, event, member, somebody
from tests.unit.factories import email as mailbox

PAGE: Final = Path(__file__).parents[2] / "docs/data-protection.md"
SECTION: Final = "## What to answer when the regulator asks"
EXAMPLE: Final = re.compile(r"^```sh\n(hub [^\n]+)\n```\n+```text\n(.*?)^```", re.MULTILINE | re.DOTALL)
LEFT_OUT: Final = "…"
DAY: Final = timedelta(days=1)
FORM: Final[dict[str, Any]] = {
    "text_version": "2026-02",
    "method": "web",
    "evidence_hash": "9f86d081",
    "channels": ["email"],
}


def offer(number: int, at: datetime) -> Event:
    data = {
        "campaign_id": f"camp-{number}",
        "copropiedad_id": PLACE,
        "segment": "todos",
        "valid_until": (MONDAY + 90 * DAY).isoformat(),
    }
    return event("realestate.listing.promoted", data, at=at, id=f"oferta-{number}")


def claim(name: str, at: datetime, **data: Any) -> Event:
    given = {"case_id": "PD-2026-014", "data_subject": {"ref": "p-maria"}, "copropiedad_id": PLACE, **data}
    return event(f"privacy.claim.{name}", given, at=at, id=f"reclamo-{name}")


def incident(name: str, at: datetime) -> Event:
    data = {"incident_id": "INC-2026-01", "copropiedad_id": PLACE}
    return event(f"privacy.incident.{name}", data, at=at, id=f"incidente-{name}")


class _History:
    """Somebody consents, is asked to pay, gets an offer, revokes, and claims; and there is an incident."""

    def __init__(self, database: Database) -> None:
        self.office = Office(database)
        self.database = database
        self.ring = KeyRing(load(dict(ENVIRON)).secrets)
        registry = PostgresExclusions(database, self.ring)
        self.office.deps = replace(self.office.deps, exclusions=registry)

    async def at(self, instant: datetime, *events: Event) -> None:
        self.office.clock.advance(instant - self.office.clock())
        await self.office.take_in(*events)
        await self.office.deliver()

    async def happen(self) -> None:
        await exclusions.replace(
            self.database,
            self.ring,
            [ExcludedAddress(address="+573009998877", channels=frozenset({"sms"}))],
            list_date=date(2026, 3, 9),
        )
        await self.at(
            MONDAY,
            *town(),
            somebody("privacidad", mailbox("privacidad@example.com")),
            member("privacidad", "company", "staff", duty="privacy_officer"),
            somebody("gerencia", mailbox("gerencia@example.com")),
            member("gerencia", "company", "staff", duty="management"),
            somebody("p-pedro", mailbox("pedro@example.com")),
            agreed("p-maria", "data_treatment", "commercial", "collection", **FORM),
        )
        await self.at(
            MONDAY + HOUR,
            event("admin.account.overdue", {"unit_id": "101", "copropiedad_id": PLACE}, id="cobro-1"),
        )
        await self.at(MONDAY + DAY, offer(1, MONDAY + DAY))
        revoked = {"subject_id": "p-maria", "purposes": ["commercial"], "method": "email", "channels": None}
        await self.at(
            MONDAY + DAY + HOUR,
            event(
                "privacy.consent.revoked",
                {**revoked, "revoked_at": (MONDAY + DAY + HOUR).isoformat()},
                at=MONDAY + DAY + HOUR,
            ),
        )
        await self.at(MONDAY + 2 * DAY, offer(2, MONDAY + 2 * DAY))
        opened = MONDAY + 2 * DAY + HOUR
        about = {"subject_id": "p-maria", "kind": "supresion", "received_at": opened.isoformat()}
        await self.at(opened, claim("received", opened, **about))
        found = MONDAY + 2 * DAY + 2 * HOUR
        await self.at(found, incident("detected", found))
        await self.at(MONDAY + 3 * DAY, claim("in_process", MONDAY + 3 * DAY))
        await self.at(MONDAY + 4 * DAY, claim("answered", MONDAY + 4 * DAY))
        await self.at(MONDAY + 7 * DAY, incident("reported", MONDAY + 7 * DAY))
        await seal_all(self.database)


def section() -> str:
    return PAGE.read_text(encoding="utf-8").partition(SECTION)[2]


def examples() -> Iterator[tuple[str, list[str]]]:
    """Each command of the section, with the lines that it prints according to the page."""
    for words, output in EXAMPLE.findall(section()):
        yield words, [line for line in output.splitlines() if line.strip() != LEFT_OUT]


def agree(shown: str, printed: str) -> bool:
    """Return whether a line of the page is one that was printed; its gaps match anything."""
    pattern = ".*".join(re.escape(_plain(part)) for part in shown.split(LEFT_OUT))
    return any(re.fullmatch(pattern, _plain(line)) for line in printed.splitlines())


def _plain(line: str) -> str:
    """Without the year of the history, which some dates have only when it is over."""
    return " ".join(line.replace(" de 2026", "").split())


async def answers(given: dict[str, str], words: str, folder: Path) -> Ended:
    """Give a command of the page, in a folder of its own."""
    _, *arguments = shlex.split(words)
    return await command(
        given,
        *(str(folder / word) if word.endswith((".zip", ".pdf", ".json")) else word for word in arguments),
    )


async def test_each_question_of_the_regulator_is_answered_as_the_page_says(
    environ: dict[str, str], opened: Database, tmp_path: Path
) -> None:
    environ["HUB_SECRET"] = ENVIRON["HUB_SECRET"]
    await _History(opened).happen()
    asked = list(examples())

    assert len(asked) >= 12
    for words, lines in asked:
        done = await answers(environ, words, tmp_path)
        assert (words, 0) == (words, done.code), done.err
        assert [] == [line for line in lines if not agree(line, done.out)], f"{words}\n{done.out}"


def test_every_question_has_a_command() -> None:
    questions = re.split(r"^### ", section(), flags=re.MULTILINE)[1:]

    assert [] == [part.splitlines()[0] for part in questions if not EXAMPLE.search(part)]
