"""The command line itself: help, usage, errors; and commands without a server."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import typer
from msgspec.structs import replace
from typer.testing import CliRunner

from hub.access.secret_strength import is_guessable
from hub.cli.commands import COMMANDS, Entry, load
from hub.cli.deliveries import keep_following, line_printer, news
from hub.cli.main import app
from hub.cli.run import choose
from hub.doors.terminal import cell, local_time, short_case
from hub.errors import BrokerUnavailable, HubError, InvalidEvent, StorageUnavailable, leaves
from hub.model import State
from hub.model.message_rows import ListedMessage
from hub.ports import MessageFilter
from hub.settings import Secret
from tests.command_line import run_command, same_logging
from tests.integration.web_doubles import MemoryLog, message_row
from tests.unit.logos import as_text, png

SRC = Path(__file__).parents[2]
HEAVY = (
    "argon2",
    "aiohttp",
    "aio_pika",
    "asyncpg",
    "redis",
    "sqlalchemy",
    "jsonschema_rs",
    "jinja2",
    "msgspec",
    "openpyxl",
)
NOWHERE = {
    "HUB_AMQP_URL": "amqp://user:hidden@127.0.0.1:1/",
    "HUB_REDIS_URL": "redis://:hidden@127.0.0.1:1/0",
    "HUB_DATABASE_URL": "postgresql://user:hidden@127.0.0.1:1/hub",
    "HUB_HTTP": "127.0.0.1:1",
}


@pytest.fixture(autouse=True)
def logging_of_others() -> Iterator[None]:
    """Keep the logging of this process, which a command silences."""
    with same_logging():
        yield


def hub(*arguments: str, text: str = "") -> tuple[int, str, str]:
    """Answer the command's exit code, output and errors."""
    done = run_command(NOWHERE, *arguments, text=text)
    return done.code, done.out, done.err


def hub_process(*arguments: str, environ: Mapping[str, str]) -> tuple[int, str, str]:
    """Run the command as a user does; answer its exit code, output and errors."""
    done = subprocess.run(
        [sys.executable, "-m", "hub", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=SRC,
        env={"PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8", **environ},
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_help_imports_no_command_and_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['hub', '--help']\n"
        "from hub.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, sep='\\n', file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=SRC)

    imported = set(done.stderr.split())
    assert {
        "hub",
        "hub.cli",
        "hub.cli.commands",
        "hub.cli.main",
        "hub.cli.failures",
        "hub.errors",
    } == {name for name in imported if name.partition(".")[0] == "hub"}
    assert set() == imported & set(HEAVY)


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_table_says_the_first_sentence_of_each_commands_help(entry: Entry) -> None:
    words = " ".join(load(entry).help.split())

    assert words.partition(". ")[0].removesuffix(".") + "." == entry.own_help


def test_map_is_english_and_each_commands_own_screen_is_of_its_audience() -> None:
    """The people of the company read Spanish, engineers English (docs/decisions/0171)."""
    said = {"the map": (False, [entry.help for entry in COMMANDS])}
    for entry in COMMANDS:
        command = load(entry)
        alone = (command, *getattr(command, "commands", {}).values())
        said[entry.name] = bool(entry.spanish), [words for each in alone for words in help_of(each)]

    assert {} == {
        name: strange
        for name, (is_spanish, texts) in said.items()
        if (strange := [words for words in texts if words_of(words) & (ENGLISH if is_spanish else SPANISH)])
    }


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_terminal_alone_breaks_the_lines_of_a_help(entry: Entry) -> None:
    """Typer would break each line of a docstring again, in the middle, at 80 columns."""
    command = load(entry)
    texts = [each.help or "" for each in (command, *getattr(command, "commands", {}).values())]
    pairs = [pair for text in texts for pair in itertools.pairwise(text.splitlines())]

    assert [] == [pair for pair in pairs if all(line and not line.startswith((" ", "hub ")) for line in pair)]


def test_headings_of_tables_are_of_the_audience_of_their_command() -> None:
    spanish = {title for entry in COMMANDS if entry.spanish for title in titles_of(entry)}
    english = {title for entry in COMMANDS if not entry.spanish for title in titles_of(entry)}

    assert {"id"} == spanish & english
    assert set() == english & {"estado", "promesa"}
    assert set() == spanish & {"state", "person", "when", "reason", "purpose", "granted"}


def help_of(command: Any) -> list[str]:
    """Return the sentences of a command's own help: examples of a command line are no words."""
    lines = (command.help or "").splitlines()
    prose = " ".join(line for line in lines if not line.strip().startswith("hub "))
    options = [option.help or "" for option in command.params]
    return [
        prose,
        *options,
        command.get_help_option(command.make_context(command.name, [], resilient_parsing=True)).help,
    ]


def titles_of(entry: Entry) -> set[str]:
    """Return the titles of the tables of the modules that the command has of its own."""
    module = importlib.import_module(entry.target.partition(":")[0])
    names = {module.__name__, *(getattr(one, "__module__", "") for one in vars(module).values())}
    own = [sys.modules[name] for name in names if name.startswith("hub.cli.")]
    tables = [
        made for one in own for name, made in vars(one).items() if name.isupper() and name.startswith("_")
    ]
    return {title for made in tables if isinstance(made, dict) and _is_table(made) for title in made}


def _is_table(made: dict[Any, Any]) -> bool:
    """A table's column is a function, or the name of a field."""
    return all(isinstance(title, str) for title in made) and any(map(callable, made.values()))


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-záéíóúñ]+", re.sub(r"`[^`]*`|--\S+|\S*[_=:/]\S+", "", text.lower())))


ENGLISH = {
    "the",
    "of",
    "and",
    "with",
    "what",
    "who",
    "that",
    "is",
    "are",
    "this",
    "which",
    "not",
    "for",
    "show",
    "list",
}
SPANISH = {
    "el",
    "la",
    "los",
    "las",
    "de",
    "del",
    "que",
    "qué",
    "y",
    "una",
    "con",
    "por",
    "para",
    "quién",
    "muestra",
}


def every_command() -> Iterator[list[str]]:
    for entry in COMMANDS:
        yield [entry.name]
        yield from ([entry.name, name] for name in getattr(load(entry), "commands", ()))


def test_every_command_and_group_has_help_without_a_running_hub() -> None:
    shown = {
        " ".join(words): CliRunner().invoke(app, [*words, "--help"], prog_name="hub", env=NOWHERE)
        for words in every_command()
    }

    assert len(shown) > 60
    for words, done in shown.items():
        assert done.exit_code == 0, words
        assert f"Usage: hub {words} " in done.stdout, words


@pytest.mark.parametrize(
    ("line", "completed"),
    [("hub lett", {"letters"}), ("hub keys ro", {"rotate"}), ("hub deliveries --st", {"--state"})],
)
def test_the_shell_completes_commands_and_options(line: str, completed: set[str]) -> None:
    asked = {"_HUB_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(line.count(" "))}

    _, out, _ = hub_process(environ=asked)

    assert completed == set(out.split())


def test_help_teaches_a_first_round() -> None:
    code, out, _ = hub_process("--help", environ={})

    assert code == 0
    assert "Usage: hub [OPTIONS]" in out
    for command in ("run", "publish", "deliveries", "clocks", "dead", "check", "db", "template"):
        assert f" {command} " in out
    assert "hub publish -t pqrs.received" in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run", "intake", "kitchen"),
        ("run", "--back-within", "2h"),
        ("run", "--back-within", "soon"),
        ("deliveries", "--state", "done"),
        ("deliveries", "--limit", "0"),
        ("dead", "show", "seven"),
        ("dead", "replay"),
        ("dead", "replay", str(uuid4()), "--all"),
        ("clocks", "--state", "late"),
    ],
)
def test_a_wrong_command_line_is_exit_code_2_and_no_traceback(arguments: Sequence[str]) -> None:
    done = CliRunner().invoke(app, list(arguments))

    assert done.exit_code == 2
    assert "Usage:" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("deliveries", "--state", "done"), ("keys", "create", "erp", "--scope", "done")]
)
def test_a_word_that_is_none_of_the_choices_is_refused_plainly(arguments: Sequence[str]) -> None:
    done = CliRunner().invoke(app, list(arguments))

    assert ": 'done' is not one of " in done.stderr
    assert "Value error" not in done.stderr


def test_an_unknown_role_is_refused_by_name_with_those_that_there_are() -> None:
    with pytest.raises(typer.BadParameter, match=r"kitchen.*intake, web"):
        choose(["intake", "kitchen"], ("intake", "web"))


def test_no_role_means_all_of_them() -> None:
    assert choose(["web"], ("intake", "web")) == {"web"}
    assert choose([], ("intake", "web")) == frozenset()


@pytest.mark.parametrize("arguments", [("deliveries", "--follow"), ("db", "upgrade")])
def test_a_server_that_is_away_is_one_sentence_and_exit_code_1(arguments: Sequence[str]) -> None:
    code, _, err = hub(*arguments)

    assert code == 1
    assert err.startswith("Error: PostgreSQL")
    assert len(err.splitlines()) == 1
    assert "hidden" not in err


def test_a_wrong_setting_is_one_sentence_and_exit_code_1() -> None:
    code, _, err = hub_process("run", environ={**NOWHERE, "HUB_MODE": "loud"})

    assert (code, err) == (1, "Error: HUB_MODE must be one of: capture, allowlist, live.\n")


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("pqrs.closed", "{}", "data.pqrs_id: required"),
        ("emergency.acknowledged", '{"emergency_id": "e"}\n{"by": 1}', "event 1: data."),
        ("pqrs.recieved", "{}", "type: unknown"),
        ("pqrs.closed", "{", "not JSON"),
    ],
)
def test_publishing_says_what_is_wrong_before_anything_is_sent(kind: str, text: str, reason: str) -> None:
    done = CliRunner().invoke(app, ["publish", "--type", kind, "-"], input=text)

    assert isinstance(done.exception, InvalidEvent)
    assert str(done.exception).startswith(reason)


def test_publishing_says_which_event_is_refused_and_names_its_unknown_fields() -> None:
    closed = "co.coproservicios.pqrs.closed.v1"
    events = [
        {"type": closed, "id": "evt-1", "source": "urn:crm", "data": {"radicado": "PQ-1", "numero": 1}},
        {"type": closed, "data": {}},
    ]
    done = CliRunner().invoke(app, ["publish", "-"], input=json.dumps(events))

    assert str(done.exception).startswith("event 1 (id evt-1, source urn:crm): data.pqrs_id: required")
    assert str(done.exception).endswith("; unknown: numero")


def test_a_missing_file_is_reported() -> None:
    done = CliRunner().invoke(app, ["publish", "nowhere.json"])

    assert str(done.exception) == "cannot read nowhere.json: No such file or directory"


@pytest.mark.parametrize("source", ["urn:hub", "urn:hub:import"])
@pytest.mark.parametrize("check", ["--check", "--no-check"])
def test_nobody_publishes_in_the_hubs_name(source: str, check: str) -> None:
    code, _, err = hub("publish", "-t", "pqrs.closed", "--source", source, check, "-", text="{}")

    assert code == 1
    assert "is the hub itself" in err


def test_publishing_without_a_broker_says_how_many_it_has() -> None:
    code, _, err = hub("publish", "-t", "pqrs.closed", "--no-check", "-", text="{}")

    assert code == 1
    assert err.startswith("Error: 0 of 1 published, then: RabbitMQ does not answer")
    assert len(err.splitlines()) == 1


def test_check_without_servers_says_what_to_do_in_spanish_and_hides_secrets() -> None:
    code, out, err = hub("check")

    assert (code, err) == (1, "")
    assert "No responde: amqp://127.0.0.1:1/" in out
    assert "Revise que el servidor esté encendido" in out
    assert "hidden" not in out


def test_check_names_a_setting_that_is_wrong() -> None:
    done = CliRunner().invoke(app, ["check", "--json"], env={"HUB_MODE": "loud"})

    [finding] = json.loads(done.stdout)["items"]
    assert done.exit_code == 1
    assert (finding["state"], finding["area"]) == ("bad", "Variables")
    assert finding["what"].startswith("HUB_MODE must be one of")


def test_a_template_is_shown_with_the_first_example_of_its_schema() -> None:
    done = CliRunner().invoke(app, ["template", "preview", "pqrs.received", "--channel", "sms", "--json"])

    assert list(json.loads(done.stdout)) == ["sms"]


def test_no_line_between_the_texts_of_a_preview_is_wider_than_a_terminal() -> None:
    _, out, _ = hub("template", "preview", "pqrs.assigned")

    assert [80] == sorted({len(line) for line in out.splitlines() if "───" in line})


def test_the_texts_to_approve_are_shown_as_meta_takes_them() -> None:
    done = CliRunner().invoke(app, ["template", "whatsapp", "pqrs.replied", "--json"])
    (one,) = json.loads(done.stdout)
    (body,) = one["components"]

    assert ("pqrs_replied", "es_CO", "UTILITY", "NAMED") == (
        one["name"],
        one["language"],
        one["category"],
        one["parameter_format"],
    )
    assert "*{{radicado}}*" in body["text"]
    assert ["radicado", "summary"] == [
        param["param_name"] for param in body["example"]["body_text_named_params"]
    ]


def test_the_texts_to_approve_are_those_of_every_event_or_of_one() -> None:
    shown = CliRunner().invoke(app, ["template", "whatsapp"]).stdout
    refused = CliRunner().invoke(app, ["template", "whatsapp", "pqrs.closed"])

    assert {"pqrs_received", "emergency_declared", "es_CO, UTILITY"} <= set(shown.splitlines())
    assert "pqrs.closed has no text for WhatsApp" in str(refused.exception)


def test_a_template_is_written_as_html(tmp_path: Path) -> None:
    target = tmp_path / "mail.html"

    CliRunner().invoke(app, ["template", "preview", "pqrs.received", "--html", str(target)])

    assert "<html" in target.read_text(encoding="utf-8")


def test_a_letter_is_written_as_a_pdf(tmp_path: Path) -> None:
    target = tmp_path / "carta.pdf"

    done = CliRunner().invoke(app, ["template", "preview", "pqrs.received", "--pdf", str(target)])

    assert str(target) == done.stdout.strip()
    assert target.read_bytes().startswith(b"%PDF-")


def test_a_preview_shows_the_logo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, policy = tmp_path / "mail.html", tmp_path / "policy.toml"
    (tmp_path / "casa.png").write_bytes(png(60, 60))
    policy.write_text('[senders.firm]\nlogo = "casa.png"\n', encoding="utf-8")
    monkeypatch.setenv("HUB_POLICY", str(policy))

    CliRunner().invoke(app, ["template", "preview", "pqrs.received", "--html", str(target)])
    html = target.read_text(encoding="utf-8")

    assert f'src="data:image/png;base64,{as_text(png(60, 60))}"' in html
    assert "cid:" not in html


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("pqrs.recieved",), "there is no event pqrs.recieved"),
        (("pqrs.received", "--channel", "pigeon"), "has no such text"),
        (("pqrs.received", "--channel", "sms", "--open"), "choose --channel email"),
        (("pqrs.received", "--channel", "sms", "--pdf", "x.pdf"), "none of these texts is printed"),
    ],
)
def test_a_missing_template_is_reported(arguments: Sequence[str], words: str) -> None:
    done = CliRunner().invoke(app, ["template", "preview", *arguments])

    assert isinstance(done.exception, HubError)
    assert words in str(done.exception)


def test_errors_of_task_groups_are_unwrapped() -> None:
    group = ExceptionGroup(
        "", [HubError("a"), ExceptionGroup("", [BrokerUnavailable(), StorageUnavailable()])]
    )

    assert [str(error) for error in leaves(group)] == [
        "a",
        "RabbitMQ does not answer.",
        "PostgreSQL does not answer.",
    ]


def test_news_are_rows_that_are_new_or_have_changed_oldest_first() -> None:
    seen: dict[UUID, ListedMessage] = {}
    old, new = message_row(), message_row()

    assert news(seen, [new, old]) == [old, new]
    assert news(seen, [new, old]) == []
    moved = replace(old, state=State.DELIVERED)
    assert news(seen, [new, moved]) == [moved]


async def test_follow_shows_moved_messages_again_and_waits_for_the_database() -> None:
    log = MemoryLog(rows=[row := message_row(state="queued")])
    shown: asyncio.Queue[ListedMessage] = asyncio.Queue()
    read = partial(log.messages, MessageFilter(), after=None, limit=10)
    following = asyncio.create_task(keep_following(read, shown.put_nowait, poll=0.001))

    async with asyncio.timeout(5):
        first = await shown.get()
        log.rows = [replace(row, state=State.SENT)]
        second = await shown.get()
        log.failure = StorageUnavailable()
        while not log.failed:  # noqa: ASYNC110 - until it has asked once in vain, bounded by the time-out
            await asyncio.sleep(0)
        log.rows, log.failure = [replace(row, state=State.DELIVERED)], None
        third = await shown.get()
    following.cancel()

    assert [each.state for each in (first, second, third)] == ["queued", "sent", "delivered"]


def test_following_shows_the_columns_of_the_list_below_their_head(capsys: pytest.CaptureFixture[str]) -> None:
    show = line_printer(as_json=False)
    show(message_row(state="failed", reason="smtp_550", event_id="evt-7"))
    show(message_row(reason="a reason that is longer than its column", event_id="evt-8"))
    head, first, second = capsys.readouterr().out.splitlines()

    assert head.split("  ")[0] == "when"
    assert re.split(r" {2,}", head) == ["when", "event", "person", "channel", "state", "reason", "event id"]
    assert [first[head.index(name) :].split()[0] for name in ("state", "reason", "event id")] == [
        "failed",
        "smtp_550",
        "evt-7",
    ]
    assert second.endswith("a reason that is longer than its column  evt-8")


def test_following_as_json_has_no_head(capsys: pytest.CaptureFixture[str]) -> None:
    line_printer(as_json=True)(message_row(event_id="evt-7"))

    assert [json.loads(line)["event_id"] for line in capsys.readouterr().out.splitlines()] == ["evt-7"]


def test_instants_are_shown_in_bogota() -> None:
    assert local_time("2026-03-09T13:05:00Z") == "2026-03-09 08:05:00"
    assert local_time(None) == ""
    row = {"sent_at": "2026-03-09T13:05:00Z", "failing_since": "2026-03-09T13:05:00Z"}
    assert {cell(row, made) for made in row} == {"2026-03-09 08:05:00"}


def test_a_case_is_shown_without_the_field_that_names_it() -> None:
    assert (short_case("pqrs_id:PQRS-1"), short_case("PQRS-1")) == ("PQRS-1", "PQRS-1")


def test_a_file_that_is_no_table_is_reported_without_a_database(tmp_path: Path) -> None:
    (tmp_path / "notas.txt").write_text("hola")

    code, out, _ = hub("people", "import", str(tmp_path / "notas.txt"), "--apply")

    assert code == 1
    assert "archivo · encabezados · MAL: no hay encabezados que se conozcan" in out
    assert "No se escribió nada" in out


def test_a_new_secret_is_printed_once_and_is_good() -> None:
    first, second = (CliRunner().invoke(app, ["secrets", "new"]) for _ in range(2))

    assert first.stdout != second.stdout
    assert not is_guessable(Secret(first.stdout.strip()))
    assert "Put it first in HUB_SECRET" in first.stderr
