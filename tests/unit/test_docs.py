"""Claims of the documents about the code: links, commands, settings, tables, examples."""

from __future__ import annotations

import itertools
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer.main

from benchmarks.aims import AIMS
from benchmarks.modes import MODES
from benchmarks.report import COMPARED, COMPARED_HEAD, HEAD
from hub.app.container import METRIC as CIRCUIT
from hub.app.time_check import METRIC as OFFSET
from hub.catalog import CATALOG
from hub.cli.commands import COMMANDS, load
from hub.cli.main import app
from hub.cloudevents import CONTENT_TYPE, decode
from hub.cloudevents.schemas import Schemas
from hub.health.incidents import KINDS
from hub.messages.planning.posters import ON_BOARD
from hub.model import (
    SCOPES_OF,
    SECOND_FACTOR_OFFICES,
    Audience,
    ClockMove,
    EventType,
    Reminder,
    Scope,
    State,
)
from hub.model.state_machine import MOVES
from hub.parts.company import METRIC as VERIFIED
from hub.policy import load_policy
from hub.rendering.labels_es import OFFICES
from hub.web.auth.refusals import METRIC as REFUSED
from hub.web.connections import METRIC as CUT
from hub.web.monitoring.metrics import _NAMES
from tests.for_each import for_each

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [
    ROOT / "README.md",
    ROOT / "README.es.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "SECURITY.md",
    ROOT / "benchmarks/results.md",
    *ROOT.glob("docs/**/*.md"),
]
ARCHITECTURE: Final = ROOT / "docs/architecture.md"
PUBLISHING: Final = ROOT / "docs/publishing-events.md"
RELIABILITY: Final = ROOT / "docs/reliability.md"
OPERATIONS: Final = ROOT / "docs/operations"
ALERTS_PAGE: Final = OPERATIONS / "alerts.md"
SETTINGS: Final = OPERATIONS / "settings.md"
TROUBLE: Final = OPERATIONS / "trouble.md"
WATCHING: Final = OPERATIONS / "watching.md"
SECURITY: Final = ROOT / "docs/security.md"

HUB: Final[Any] = typer.main.get_command(app)
HUB.commands = {entry.name: load(entry) for entry in COMMANDS}
FOLDERS: Final = ("hub", "docs", "scripts", "tests", "schemas", "examples", "benchmarks", "monitoring", ".ci")
MAP: Final = "| folder | what is in it |"
FEWEST_WORDS: Final = 5
LARGEST_PICTURE: Final = 150_000
LONGEST_README: Final = 1_300
NEEDED: Final = ("apt install git", "git clone ADDRESS", "README.es.md", "3 GB", "A JDK (270 MB) is optional")
"""What somebody on a bare Debian stumbles over, and the way to it in Spanish."""
LONGEST_TASK: Final = 2_600
"""Words of a page about one task."""
SETTING: Final = re.compile(r"HUB_[A-Z]+(?:_[A-Z]+)*")


every_page: Final = for_each(PAGES)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    return blocks_of(text(page), language)


def blocks_of(content: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", content, flags=re.MULTILINE | re.DOTALL)


def spans(page: Path) -> list[str]:
    """Code inside of sentences, and the lines of shell blocks."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    return [*re.findall(r"`([^`\n]+)`", prose(page)), *lines]


def rows(page: Path, header: str) -> list[list[str]]:
    """The cells of the table below this header row."""
    lines = text(page).splitlines()
    start = lines.index(header) + 2
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return table


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives the headings of a page."""
    titles = re.findall(r"^#+ (.+)$", prose(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@every_page
def test_a_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not link.startswith("https://"):
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_the_readme_is_short_says_what_a_newcomer_needs_and_leads_to_every_page() -> None:
    readme = text(ROOT / "README.md")
    linked = {ROOT / path for path in re.findall(r"\]\(([^)#]+)", readme)}

    assert len(readme.split()) < LONGEST_README
    assert [] == [words for words in NEEDED if words not in readme]
    assert [] == [page for page in ROOT.glob("docs/*.md") if page not in linked]
    assert [] == [page for page in ROOT.glob("docs/es/*.md") if page not in linked]


@every_page
def test_a_picture_is_said_in_words_and_small(page: Path) -> None:
    for words, path in re.findall(r"!\[([^\]]*)\]\((\S+?)\)", prose(page)):
        assert len(words.split()) >= FEWEST_WORDS, path
        assert (page.parent / path).stat().st_size < LARGEST_PICTURE, path


@every_page
def test_a_file_that_is_named_exists(page: Path) -> None:
    words = [word for span in spans(page) for word in span.split()]
    for word in words:
        if word.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            assert list(ROOT.glob(word.rstrip("/").replace("NAME", "*"))), word


@every_page
def test_a_test_that_is_named_exists(page: Path) -> None:
    assert {word for word in spans(page) if re.fullmatch(r"test_\w+", word)} <= names_of_tests()


@cache
def names_of_tests() -> frozenset[str]:
    return frozenset(
        name
        for file in ROOT.glob("tests/**/test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", text(file), flags=re.MULTILINE)
    )


@for_each([(RELIABILITY, "| fault | promise | test |"), (SECURITY, "| attack | test |")])
def test_every_promise_names_a_test_that_is_in_the_file_it_leads_to(page: Path, header: str) -> None:
    shown = [re.findall(r"\[(test_\w+)\]\((\S+?)\)", cell) for *_, cell in rows(page, header)]

    assert all(shown)
    for name, path in itertools.chain(*shown):
        assert f"def {name}(" in text(page.parent / path), name


@every_page
def test_a_command_that_is_named_can_be_given(page: Path) -> None:
    for words in commands(page):
        command, rest = HUB, words[1:]
        while hasattr(command, "commands") and rest and re.fullmatch(r"[a-z]+(?:-[a-z]+)*", rest[0]):
            assert rest[0] in command.commands, words
            command, rest = command.commands[rest[0]], rest[1:]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, words


def commands(page: Path) -> Iterator[list[str]]:
    for span in spans(page):
        if span.startswith(("hub ", "scripts/hub ")):
            yield shlex.split(span, comments=True)


@every_page
def test_a_setting_that_is_named_is_read(page: Path) -> None:
    assert set(SETTING.findall(text(page))) <= settings()


def test_every_setting_is_documented() -> None:
    documented = {
        name for row in rows(SETTINGS, "| setting | default | |") for name in SETTING.findall(row[0])
    }

    assert documented == settings()


def settings() -> set[str]:
    return set(re.findall(r'"(HUB_[A-Z_]+)"', text(ROOT / "hub/settings/__init__.py")))


def test_each_task_of_operations_is_in_the_index_and_begins_with_its_commands() -> None:
    index = re.findall(r"\]\(operations/(\S+?)\)", text(ROOT / "docs/operations.md"))
    pages = sorted(OPERATIONS.glob("*.md"))

    assert {page.name for page in pages} == set(index)
    for page in pages:
        beginning = text(page).partition("\n## ")[0]
        assert len(text(page).split()) < LONGEST_TASK, page
        assert blocks_of(beginning, "sh"), page


def _gauges() -> set[str]:
    """The names of the gauges that are read for a scrape."""
    modules = (ROOT / "hub/web/monitoring").glob("*gauges.py")
    return {name for module in modules for name in re.findall(r'"(hub_[a-z_]+)"', text(module))}


def test_every_metric_is_documented() -> None:
    users = {"hub_owner", "hub_app"}  # of the database
    pages = "\n".join(text(page) for page in OPERATIONS.glob("*.md"))
    documented = set(re.findall(r"hub_[a-z_]+", pages)) - users

    assert documented == set(_NAMES.values()) | _gauges() | {
        "hub_accept_seconds",
        "hub_attempts_total",
        "hub_case_replays_total",
        "hub_documents_total",
        "hub_events_demoted_total",
        "hub_events_unreached_total",
        "hub_genuine_checks_total",
        "hub_mail_total",
        "hub_outcomes_total",
        "hub_retries_total",
        "hub_sms_parts_total",
        "hub_timer_lateness_seconds",
        "hub_topology_gaps_total",
        "hub_unknown_outcomes_total",
        "hub_webhook_calls_total",
        CIRCUIT,
        OFFSET,
        VERIFIED,
        CUT,
        REFUSED,
    }


def test_the_table_of_incidents_is_the_table_of_kinds() -> None:
    documented = rows(TROUBLE, "| avería | cuándo | qué hacer | mientras tanto |")

    assert [[f"`{kind.name}`", kind.seen, kind.to_do, kind.meanwhile] for kind in KINDS] == documented


def test_an_overlay_that_is_shown_can_be_used(tmp_path: Path) -> None:
    overlays = [overlay for page in sorted(OPERATIONS.glob("*.md")) for overlay in blocks(page, "toml")]
    assert overlays
    for overlay in overlays:
        (tmp_path / "policy.toml").write_text(overlay)

        assert load_policy(tmp_path / "policy.toml") != load_policy()


def test_the_event_that_is_shown_is_taken_in() -> None:
    event = decode(blocks(PUBLISHING, "json")[0].encode(), CONTENT_TYPE, {})

    Schemas.load().check(event, now=datetime.now(UTC))


def test_the_table_of_events_is_the_catalogue() -> None:
    documented = rows(PUBLISHING, "| event | case | lane | who is notified, and how | clocks |")

    assert [event_row(kind) for kind in CATALOG] == documented


def event_row(kind: EventType) -> list[str]:
    example = "the hub's own" if kind.hub_emitted else f"[example](../examples/{kind.name}.json)"
    again = [*map(reminder_words, kind.reminders)]
    if kind.ends_reminders:
        again.append("ends `again` of its case")
    if kind.ends_collection:
        again.append("ends unsent collection of its case")
    if kind.useful_until is not None:
        again.append(f"nothing after `{kind.useful_until}`")
    if kind.ends_messages:
        again.append("ends what is unsent of its case")
    if any(audience.digestible for audience in kind.audiences):
        before = f", unless `{kind.takes_effect}` is near" if kind.takes_effect else ""
        again.append(f"may wait for a digest{before}")
    again += [f"schedules `{event}`" for event in dict.fromkeys(next_.event for next_ in kind.follow_ups)]
    if kind.ends_follow_ups:
        again.append("ends what its case has scheduled")
    return [
        f"[{kind.name}](../schemas/{kind.name}.v1.json)<br>{example}",
        f"`{kind.case}`",
        kind.lane,
        "<br>".join([*map(audience_words, kind.audiences), *again]),
        "<br>".join(map(move_words, kind.clocks)),
    ]


DATES: Final = {"due_on"}
"""Fields of reminders that hold a date."""


def reminder_words(reminder: Reminder) -> str:
    if reminder.follow_up is not None:
        return f"again, once, by `follow_ups.{reminder.follow_up}`"
    if reminder.business_days:
        days = "day" if reminder.business_days == 1 else "days"
        return f"again {reminder.business_days} business {days} before `{reminder.field}`"
    hours = reminder.offset.total_seconds() / 3600
    far = f"{abs(hours):.0f} h" if reminder.field not in DATES else f"{abs(hours) / 24:.0f} d"
    return f"again {far} {'before' if hours < 0 else 'after'} `{reminder.field}`"


def audience_words(audience: Audience) -> str:
    when = "".join(f", if {key} = {value}" for key, value in audience.when.items())
    steps = " → ".join(" + ".join(step) for step in audience.channels)
    if audience.channel_by is not None:
        steps = f"the channel used of {steps.replace(' → ', ', ')}"
    if audience.one_authorised:
        steps = f"the one authorised channel of {steps.replace(' → ', ', ')}"
    if audience.reminders_only:
        steps += ", only `again`"
    chosen = f", as `{audience.who_by}` says" if audience.who_by else ""
    if audience.segment_by is not None:
        chosen += f", of `{audience.segment_by}`"
    poster = "; `poster`" if audience.print in ON_BOARD else ""
    return f"{' + '.join(audience.who)} ({audience.purpose}{when}{chosen}): {steps}{poster}"


def move_words(move: ClockMove) -> str:
    when = "".join(f" if {key} = {value}" for key, value in move.when.items())
    return f"{move.move} `{move.clock}`{when}"


def test_the_table_of_states_is_the_table_of_moves() -> None:
    documented: dict[State, set[str]] = {}
    for name, _, moves in rows(ARCHITECTURE, "| state | means | may become |"):
        documented[State(name.strip("`"))] = set(re.findall(r"`(\w+)`", moves))

    assert documented == {state: set(after) for state, after in MOVES.items()}


def test_rooms_in_the_docs_are_the_contract() -> None:
    contracts = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [contract] = [contract for contract in contracts if contract["type"] == "layers"]

    assert rooms() == [re.findall(r"\w+", layer) for layer in contract["layers"]]


def test_every_room_has_a_floor() -> None:
    modules = {path.stem for path in (ROOT / "hub").glob("*.py") if path.stem[0] != "_"}
    packages = {path.parent.name for path in (ROOT / "hub").glob("*/__init__.py")}

    assert modules | packages == {room for floor in rooms() for room in floor}


def rooms() -> list[list[str]]:
    return [re.findall(r"`hub\.(\w+)`", names) for _, names in rows(ARCHITECTURE, "| floor | rooms |")]


def test_the_table_of_offices_is_the_table_of_scopes() -> None:
    header = (
        "| office | on the page | lists and sums (`read`) | acts (`operate`) "
        "| sees people whole (`privacy`) | gives accounts (`admin`) | second factor |"
    )
    columns = [Scope(name) for name in re.findall(r"\(`(\w+)`\)", header)]
    documented = rows(ROOT / "docs/access.md", header)

    assert [
        [
            f"`{office}`",
            OFFICES[office],
            *("yes" if column in scopes else "–" for column in columns),
            "required" if office in SECOND_FACTOR_OFFICES else "offered",
        ]
        for office, scopes in SCOPES_OF.items()
    ] == documented
    assert set(Scope) - {Scope.PUBLISH, Scope.INBOX} == set(columns)


def test_the_table_of_aims_is_that_of_the_results() -> None:
    measured = rows(ROOT / "benchmarks/results.md", HEAD)

    assert measured == rows(ROOT / "docs/benchmark.md", HEAD)
    assert [[aim.work, aim.words] for aim in AIMS] == [row[:2] for row in measured]


def test_what_the_readme_says_of_speed_is_what_was_measured() -> None:
    of = {aim.key: row[2] for aim, row in zip(AIMS, rows(ROOT / "benchmarks/results.md", HEAD), strict=True)}

    assert [[words, of[key]] for key, words in COMPARED.items()] == rows(ROOT / "README.md", COMPARED_HEAD)


def test_every_mode_of_the_benchmark_is_described() -> None:
    documented = rows(ROOT / "docs/benchmark.md", "| mode | what | the clock or the count |")

    assert [f"`{mode.name}`" for mode in MODES] == [row[0] for row in documented]


def test_the_map_has_every_folder() -> None:
    documented = {
        name for folders, *_ in rows(ROOT / "CONTRIBUTING.md", MAP) for name in folders.split("`")[1::2]
    }
    parts = {f"hub/{path.parent.name}/" for path in (ROOT / "hub").glob("[!_]*/[!_]*")}

    assert (
        parts | {"hub/*.py", "schemas/", "examples/", "scripts/", "tests/", "monitoring/", "benchmarks/"}
        == documented
    )


def test_decisions_are_numbered_without_a_gap() -> None:
    found = sorted((ROOT / "docs/decisions").iterdir())

    assert [f"{number:04}" for number in range(1, len(found) + 1)] == [path.name[:4] for path in found]
    assert [text(path).split()[1] for path in found] == [path.name[:4] for path in found]


def test_a_decision_that_code_names_exists() -> None:
    files = [
        path
        for folder in ("hub", "tests", "scripts", "benchmarks", "monitoring")
        for path in ROOT.glob(f"{folder}/**/*")
        if path.suffix in {"", ".py", ".sql", ".lua", ".toml", ".j2", ".yml"}
        and path.is_file()
        and "node_modules" not in path.parts
    ]
    named = {name for path in files for name in re.findall(r"decisions/(\d{4}-[\w-]+)", text(path))}

    assert named
    assert set() == named - {path.stem for path in (ROOT / "docs/decisions").iterdir()}


def test_programs_for_publishers_are_printed_as_they_are() -> None:
    printed = re.findall(
        r"^\[`(examples/publishing/\S+)`\]\(\S+\)\n\n```\w+\n(.*?)^```$",
        text(PUBLISHING),
        flags=re.MULTILINE | re.DOTALL,
    )
    programs = [file for file in (ROOT / "examples/publishing").glob("*/*") if file.name != "package.json"]

    assert {file.relative_to(ROOT).as_posix() for file in programs} == {path for path, _ in printed}
    for path, program in printed:
        assert (ROOT / path).read_text() == program, path


def test_node_example_asks_for_what_the_tests_run_it_with() -> None:
    asked, tested = (
        json.loads((ROOT / path).read_text())["dependencies"]
        for path in ("examples/publishing/node/package.json", "tests/npm/package.json")
    )

    assert asked.items() <= tested.items()
