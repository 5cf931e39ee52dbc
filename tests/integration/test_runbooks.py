"""Runbooks: the steps of `docs/runbooks.md` are done, command by command, on a real history."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from hub.storage import Database
from tests.command_line import command
from tests.integration.constancias import seal_all
from tests.integration.test_evidence import ENVIRON, Office
from tests.unit.budget_events import PLACE, town
from tests.unit.factories import agreed, event

PAGE: Final = Path(__file__).parents[2] / "docs/runbooks.md"
BLOCK: Final = re.compile(r"^```(sh|json)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MATTERS: Final = (
    "A provider is down",
    "A wrong circular went out",
    '"Nobody told me"',
    "The regulator asks for proof",
    "A key has leaked",
    "Restore",
)
EACH: Final = ("**How you notice.**", "**First steps.**", "**What to tell ", "**When it is over.**")
FINDS_FAULTS: Final = ("hub check",)
"""Commands that end with 1 where something is to be mended; the test's own installation is a small one."""


def sections() -> dict[str, str]:
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


def lines(section: str) -> Iterator[str]:
    """Yield the lines of the page's commands; the next one reads a document before it."""
    for kind, content in BLOCK.findall(section):
        if kind == "json":
            Path("recall.json").write_text(content, encoding="utf-8")
        else:
            yield from content.splitlines()


async def history(environ: dict[str, str]) -> None:
    """A building gets a circular; a system has a key, an operator an account."""
    async with Database(environ["HUB_DATABASE_URL"]) as database:
        office = Office(database)
        await office.take_in(*town(), agreed("p-maria", "data_treatment"))
        circular = {"copropiedad_id": PLACE, "circular_id": "c-7"}
        await office.take_in(event("admin.circular.issued", circular, id="circular-7"))
        await office.deliver()
        await seal_all(database)
    for words in (
        "keys create crm --scope publish",
        'accounts create ana --name "Ana Ruiz" --office operator --everywhere',
        "db backup hub.dump",
    ):
        done = await command(environ, *shlex.split(words))
        assert 0 == done.code, done.err


async def follow(environ: dict[str, str], empty: str, section: str) -> list[str]:
    """Do the steps of the section; return the failures."""
    failed = []
    for line in lines(section):
        words = shlex.split(line.replace("/var/backups/", ""))
        if line.startswith("export HUB_DATABASE_URL="):
            environ = {**environ, "HUB_DATABASE_URL": empty}
        elif words[0] == "hub":
            done = await command(environ, *words[1:])
            if done.code != 0 and line not in FINDS_FAULTS:
                failed.append(f"{line}: {done.err or done.out}")
    return failed


@pytest.mark.parametrize("matter", MATTERS)
async def test_each_command_of_the_matter_does_what_the_page_says(
    environ: dict[str, str], empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, matter: str
) -> None:
    monkeypatch.chdir(tmp_path)
    environ["HUB_SECRET"] = ENVIRON["HUB_SECRET"]
    await history(environ)

    assert [] == await follow(environ, empty, sections()[matter])


@pytest.mark.parametrize("matter", MATTERS)
def test_each_matter_has_its_signs_remedy_words_and_end(matter: str) -> None:
    section = sections()[matter]
    missing = [words for words in EACH if words not in section]

    assert [] == (
        missing if matter != "A key has leaked" else [words for words in missing if "First" not in words]
    )
    assert "hub " in "".join(content for _, content in BLOCK.findall(section))
