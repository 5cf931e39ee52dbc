import socket
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aio_pika
import pytest

from hub.cloudevents import decode
from hub.consumers.topology import events_queue
from hub.errors import BrokerUnavailable, ConfigurationError, ProgramMissing
from hub.local import programs
from hub.local.demo import directory_events, load
from hub.local.environment import is_given, with_defaults
from hub.local.instance import Instance
from hub.local.loopback import ADDRESS, free_port
from hub.local.programs import OLDEST_POSTGRES, find_postgres
from hub.model import Lane


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


NOW = datetime(2026, 3, 9, 15, 0, tzinfo=UTC)


async def waiting(amqp_url: str, lane: Lane) -> list[str]:
    """Answer the names of the events that wait in a lane."""
    names = []
    async with await aio_pika.connect(amqp_url) as connection:
        queue = await (await connection.channel()).get_queue(events_queue(lane))
        while (message := await queue.get(fail=False)) is not None:
            names.append(decode(message.body, message.content_type, message.headers).name)
            await message.ack()
    return names


async def test_the_directory_and_the_day_wait_in_their_lanes(new_amqp_url: str) -> None:
    count = await load(new_amqp_url, now=NOW, pause=timedelta(0))
    normal = await waiting(new_amqp_url, Lane.NORMAL)
    bulk = await waiting(new_amqp_url, Lane.BULK)
    urgent = await waiting(new_amqp_url, Lane.URGENT)

    directory = [event.name for event in directory_events(NOW)]
    assert normal[: len(directory)] == directory
    assert bulk == ["maintenance.scheduled.announced", "survey.requested"]
    assert urgent == ["emergency.declared", "emergency.acknowledged"]
    assert count == len(normal) + len(bulk) + len(urgent)


async def test_a_broker_that_is_not_there_is_named(unused_tcp_port: int) -> None:
    with pytest.raises(BrokerUnavailable):
        await load(f"amqp://guest:guest@127.0.0.1:{unused_tcp_port}/", now=NOW, pause=timedelta(0))
