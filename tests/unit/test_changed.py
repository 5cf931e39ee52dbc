"""Which tests a change can touch: on a few modules, and on the hub itself."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests import changed
from tests.changed import (
    DOCS,
    SOURCES,
    Change,
    Choice,
    Importers,
    change_of,
    choose,
    differing,
    read_importers,
    steps_to,
    touched,
)
from tests.for_each import for_each

SMALL: Final[Importers] = {
    "hub.ids": {"hub.cases", "tests.unit.test_ids"},
    "hub.cases": {"hub.web", "hub.ids", "tests.unit.test_cases"},
    "hub.web": {"tests.portal"},
    "tests.portal": {"tests.integration.test_web", "tests.integration.test_web_ids"},
    "hub.sms": {"tests.unit.test_sms"},
    SOURCES: {"tests.unit.test_words"},
}
FAR: Final = {f"tests/unit/test_{near}.py": near for near in range(1, 9)}


def test_each_module_is_as_far_as_its_shortest_way_of_imports() -> None:
    assert {
        "hub.web": 0,
        "tests.portal": 1,
        "tests.integration.test_web": 2,
        "tests.integration.test_web_ids": 2,
    } == (steps_to(SMALL, ["hub.web"]))
    assert {"hub.ids": 0, "hub.cases": 0, "tests.unit.test_cases": 1, "hub.web": 1}.items() <= (
        steps_to(SMALL, ["hub.ids", "hub.cases"]).items()
    )


def test_a_test_is_touched_by_what_it_imports_and_near_if_it_has_its_name() -> None:
    assert {
        "tests/unit/test_ids.py": 1,
        "tests/unit/test_cases.py": 2,
        "tests/unit/test_words.py": 1,
        "tests/integration/test_web.py": 4,
        "tests/integration/test_web_ids.py": 1,
    } == touched(SMALL, frozenset({"hub.ids", SOURCES}))


@for_each(
    [
        ("hub/ids.py", {"hub.ids", SOURCES}),
        ("hub/web/__init__.py", {"hub.web", SOURCES}),
        ("hub/web/gone.py", {"hub.web", SOURCES}),
        ("tests/portal.py", {"tests.portal"}),
        ("README.md", {DOCS}),
        ("docs/pictures/console.png", {DOCS}),
    ]
)
def test_a_file_changes_its_module_or_the_pages(file: str, modules: set[str]) -> None:
    assert Change(frozenset(modules), []) == change_of([file], SMALL)


@for_each(
    [
        *(
            "hub/storage/sql/case.sql",
            "hub/storage/lua/fire.lua",
            "hub/web/templates/page.html",
            "hub/policy.toml",
        ),
        *("hub/rendering/es/mail.j2", "schemas/event.json", "hub/web/static/shell.css", "scripts/lib.sh"),
        *("tests/unit/conftest.py", "tests/servers.py", "examples/publish.py", "requirements.lock"),
    ]
)
def test_what_no_import_shows_is_said_to_touch_all(file: str) -> None:
    assert Change(frozenset({"hub.ids", SOURCES}), [file]) == change_of([file, "hub/ids.py"], SMALL)


def test_the_nearest_are_chosen_until_the_workers_have_their_shares() -> None:
    near, far = dict(list(FAR.items())[: changed.WORKERS]), dict(list(FAR.items())[changed.WORKERS :])

    assert Choice(run=near, left=far) == choose(FAR, dict.fromkeys(FAR, 10.0), share=10.0)


def test_what_has_changed_is_run_however_long_and_what_is_longer_than_a_share_is_left() -> None:
    reached = {"tests/unit/test_long.py": 1, **FAR}
    seconds = {**dict.fromkeys(FAR, 1.0), "tests/unit/test_long.py": 90.0}

    assert {"tests/unit/test_long.py": 1} == choose(reached, seconds).left
    assert {} == choose({**reached, "tests/unit/test_long.py": 0}, seconds).left


@cache
def real() -> Importers:
    return read_importers()


def real_choice(file: str) -> Mapping[str, int]:
    return touched(real(), change_of([file], real()).modules)


def test_a_change_of_the_text_of_an_sms_tries_its_own_test_first_and_leaves_most() -> None:
    reached = real_choice("hub/sms_text.py")
    chosen = choose(reached, dict.fromkeys(reached, 5.0))

    assert 1 == chosen.run["tests/unit/test_sms_reports.py"]
    assert "tests/unit/test_rota.py" not in chosen.run
    assert len(chosen.left) > len(chosen.run)


@for_each(
    [
        ("hub/cli/publish.py", "tests/unit/test_cli_commands.py"),  # by the table of commands
        ("hub/app/web_role.py", "tests/acceptance/test_roles.py"),  # by name, as the role is prepared
        ("hub/desk/posters/acts.py", "tests/integration/test_cli_operations.py"),  # by a group of the desk
        ("hub/local/run.py", "tests/integration/test_local_ports.py"),  # as a process
        ("tests/chaos/registering.py", "tests/chaos/test_radicados.py"),
        ("hub/timers/sealing.py", "tests/unit/test_log_fields.py"),  # as a text
        ("docs/states.md", "tests/unit/test_docs_claims.py"),
        ("tests/acceptance/harness.py", "tests/acceptance/test_spine.py"),
    ]
)
def test_ways_other_than_an_import_reach_a_test_too(file: str, test: str) -> None:
    assert test in real_choice(file)


def test_tests_without_servers_are_not_touched_by_what_starts_them() -> None:
    reached = real_choice("tests/redis_cluster.py")

    assert "tests/integration/test_redis_cluster.py" in reached
    assert "tests/unit/test_rota.py" not in reached


def test_what_differs_is_counted_from_where_the_branch_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*arguments: str) -> None:
        own = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *own, *arguments], cwd=tmp_path, check=True, capture_output=True)

    def write(name: str) -> None:
        (tmp_path / name).write_text(f"{name} of now")
        git("add", "--all")
        git("commit", "--message", name)

    monkeypatch.setattr(changed, "ROOT", tmp_path)
    git("init", "--initial-branch", "main")
    write("kept.py")
    git("checkout", "-b", "mine")
    write("committed.py")
    git("checkout", "main")
    write("of_others.py")
    git("checkout", "mine")
    (tmp_path / "kept.py").unlink()
    (tmp_path / "ñ new.py").touch()

    assert ["kept.py", "ñ new.py"] == differing("HEAD")
    assert ["committed.py", "kept.py", "ñ new.py"] == differing("main")
    with pytest.raises(SystemExit, match="git merge-base nothing HEAD"):
        differing("nothing")
