from __future__ import annotations

import socket
import stat
import subprocess
from pathlib import Path

import pytest

from hub.errors import ConfigurationError, ProgramMissing
from hub.local import programs
from hub.local.environment import is_given, with_defaults
from hub.local.instance import Instance
from hub.local.loopback import ADDRESS, free_port
from hub.local.programs import OLDEST_POSTGRES, find_postgres


def test_a_second_start_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        Instance(tmp_path).locked(),
        pytest.raises(ConfigurationError, match="already running"),
        Instance(tmp_path).locked(),
    ):
        pass


def test_a_folder_is_free_again_after_the_end(tmp_path: Path) -> None:
    for _ in range(2):
        with Instance(tmp_path).locked():
            pass


def test_a_port_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    first = Instance(tmp_path).port("page", free_port())

    assert Instance(tmp_path).port("page", free_port()) == first


def test_a_port_that_somebody_else_has_taken_is_given_up(tmp_path: Path) -> None:
    port = Instance(tmp_path).port("page", free_port())
    with socket.socket() as taken:
        taken.bind((ADDRESS, port))
        taken.listen()

        assert Instance(tmp_path).port("page", free_port()) != port


def test_the_environment_for_the_second_terminal_is_private_and_a_shell_reads_it(tmp_path: Path) -> None:
    value = 'amqp://hub:it\'s "$HOME" `x`@127.0.0.1/'
    Instance(tmp_path).publish_environment({"HUB_AMQP_URL": value, "HOME": "/x"})

    file = tmp_path / "env"
    reader = ["sh", "-c", '. "$0"; printf %s "$HUB_AMQP_URL"', str(file)]
    shown = subprocess.run(reader, capture_output=True, text=True, check=True, timeout=10).stdout

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert shown == value
    assert "HOME=" not in file.read_text()


def test_the_environment_is_gone_when_nothing_runs(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.locked():
        instance.publish_environment({})

    assert not (tmp_path / "env").exists()


def test_what_a_person_has_set_is_never_replaced() -> None:
    given = {"HUB_AMQP_URL": "a", "HUB_REDIS_URL_FILE": "b", "HUB_MODE": ""}

    assert [is_given(given, name) for name in ("HUB_AMQP_URL", "HUB_REDIS_URL", "HUB_MODE")] == [
        True,
        True,
        False,
    ]
    assert with_defaults(given, {"HUB_AMQP_URL": "x", "HUB_REDIS_URL": "x", "HUB_MODE": "x"}) == {
        **given,
        "HUB_MODE": "x",
    }


def test_an_older_postgresql_than_the_wanted_one_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["programs", "debian", "--everything", "--postgres", "99"])
    programs.main()

    assert "postgresql-99" in capsys.readouterr().out.split()


def test_data_of_a_postgresql_that_is_not_installed_is_not_opened_with_another() -> None:
    with pytest.raises(ProgramMissing, match="made the data"):
        find_postgres(OLDEST_POSTGRES - 1)
