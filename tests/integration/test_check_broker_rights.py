"""`hub check` of the rights of RabbitMQ's users, on a broker with its management API."""

import asyncio
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from hub.cli.check.command import examine
from hub.cli.check.finding import Finding
from hub.cli.check.management import broker_rights
from hub.local import programs
from hub.local.loopback import ADDRESS, free_port
from hub.local.rabbitmq import USER, RabbitMQ
from hub.local.server import write_private
from hub.settings import load
from tests.broker_users import control
from tests.integration.test_broker_rights import PASSWORD, commands
from tests.servers import open_folder

VHOST: Final = "hub"
ASKS: Final = "mirador"
"""The user whom the check signs in as: an administrator without any right in the virtual host."""
MENDED: Final = re.compile(r"Ejecute `(rabbitmqctl [^`]+)`")


class ManagedRabbitMQ(RabbitMQ):
    """A RabbitMQ with the plugin that Debian and the official images bring."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.management_port = free_port()

    def _prepare(self) -> None:
        super()._prepare()
        write_private(self.folder / "plugins", "[rabbitmq_management].\n")
        place = f"management.tcp.ip = {ADDRESS}\nmanagement.tcp.port = {self.management_port}\n"
        write_private(self.folder / "conf.d/management.conf", place)


@dataclass(frozen=True, kw_only=True)
class Managed:
    broker: ManagedRabbitMQ

    @property
    def environ(self) -> Mapping[str, str]:
        broker = self.broker
        return {
            "HUB_AMQP_URL": f"amqp://hub:{PASSWORD}@{ADDRESS}:{broker.port}/{VHOST}",
            "HUB_AMQP_MANAGEMENT_URL": f"http://{ASKS}:{PASSWORD}@{ADDRESS}:{broker.management_port}",
        }

    def control(self, command: str) -> None:
        program, *words = shlex.split(command)
        done = subprocess.run(
            [programs.find(programs.RABBITMQ).with_name(program), *words],
            env=dict(self.broker._environment()),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    async def found(self, **changed: str) -> list[Finding]:
        return await broker_rights(load({**self.environ, **changed}))


@pytest.fixture(scope="module")
def managed(installed: None) -> Iterator[Managed]:  # noqa: ARG001 - asked for its refusal
    """A broker with exactly the users that docs/security.md makes, and the one who asks."""
    with open_folder() as folder, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        broker = ManagedRabbitMQ(folder / "rabbitmq")
        made = Managed(broker=broker)
        try:
            runner.run(broker.start())
            runner.run(control(broker, map(_with_password, commands())))
            yield made
        finally:
            runner.run(broker.stop())


def _with_password(command: str) -> str:
    """The broker has the hub's user from its start."""
    words = shlex.split(command)
    if words[1] == "add_user":
        words[1:] = ["change_password" if words[2] == USER else "add_user", words[2], PASSWORD]
    return shlex.join(words)


def printed(findings: list[Finding]) -> str:
    return "\n".join(f"{finding.state}: {finding.what} {finding.to_do}" for finding in findings)


async def test_the_users_of_the_page_may_do_no_more_than_it_gives(managed: Managed) -> None:
    assert "ok: Además del hub, 2 usuarios pueden solo lo que da docs/security.md. " == (
        printed(await managed.found())
    )


WRONG: Final = {
    "a publisher that may configure": (
        "set_permissions -p hub crm '^domain\\.events$' '^domain\\.events$' '^$'",
        "bad: El usuario crm puede configurar (y así borrar) domain.events.",
    ),
    "a publisher that may do everything": (
        "set_permissions -p hub crm '.*' '.*' '.*'",
        "bad: El usuario crm puede configurar (y así borrar) domain.events y",
    ),
    "a publisher that may write tickets": (
        "set_permissions -p hub crm '^$' '^(domain\\.events|amq\\.default)$' '^$'",
        "bad: El usuario crm puede escribir en amq.default.",
    ),
    "a publisher that may read a queue": (
        "set_permissions -p hub crm '^$' '^domain\\.events$' '^hub\\.events\\.normal$'",
        "bad: El usuario crm puede leer hub.events.normal.",
    ),
    "a publisher that also receives notices": (
        "set_permissions -p hub crm '^$' '^domain\\.events$' '^hub\\.events\\.out$'",
        "bad: El usuario crm puede atar hub.events.out a domain.events, y cada aviso volvería como evento.",
    ),
    "a receiver that may read the events": (
        "set_permissions -p hub crm_notices '^crm\\.' '^crm\\.' '.*'",
        "bad: El usuario crm_notices puede leer domain.events y",
    ),
    "a user that may name others": (
        "set_user_tags crm impersonator",
        "bad: El usuario crm puede publicar con el nombre de otro usuario, también el del hub: lo dicen",
    ),
}


@pytest.mark.parametrize(("given", "words"), WRONG.values(), ids=WRONG)
async def test_a_right_too_many_is_named_and_the_command_shown_takes_it(
    managed: Managed, given: str, words: str
) -> None:
    await control(managed.broker, [f"rabbitmqctl {given}"])

    found = await managed.found()

    assert words in printed(found)
    for finding in found:
        for command in MENDED.findall(finding.to_do):
            managed.control(command)
    # Nothing is left to mend, and so it is again as the next test expects it.
    assert "ok: " in printed(await managed.found())


async def test_a_publisher_whose_keys_nothing_limits_is_a_warning(managed: Managed) -> None:
    await control(managed.broker, ["rabbitmqctl clear_topic_permissions -p hub crm"])

    found = printed(await managed.found())

    [again] = [command for command in commands() if "set_topic_permissions -p hub crm domain" in command]
    await control(managed.broker, [again])
    assert "warn: El usuario crm puede publicar cualquier evento: nada limita sus llaves." in found
    assert "rabbitmqctl set_topic_permissions -p hub crm domain.events" in found
    assert "bad: " not in found


async def test_a_user_guest_is_a_warning_wherever_it_may_go(managed: Managed) -> None:
    await control(managed.broker, ["rabbitmqctl add_user guest guest"])

    found = printed(await managed.found())

    await control(managed.broker, ["rabbitmqctl delete_user guest"])
    assert "warn: Existe el usuario guest" in found


async def test_without_the_setting_one_line_says_that_nobody_looked(managed: Managed) -> None:
    [finding] = await managed.found(HUB_AMQP_MANAGEMENT_URL="")

    assert finding.state == "warn"
    assert finding.what.startswith("No se miró quién puede configurar")
    assert "HUB_AMQP_MANAGEMENT_URL" in finding.to_do


async def test_a_password_that_is_refused_and_a_server_that_is_off_are_told_apart(managed: Managed) -> None:
    good = managed.environ["HUB_AMQP_MANAGEMENT_URL"]
    wrong = good.replace(PASSWORD, "other")
    weak = good.replace(f"{ASKS}:", "crm:")
    off = f"http://{ASKS}:{PASSWORD}@{ADDRESS}:{free_port()}"

    texts = [printed(await managed.found(HUB_AMQP_MANAGEMENT_URL=url)) for url in (wrong, weak, off)]

    assert "no acepta ese usuario, o le falta la etiqueta administrator" in texts[0]
    assert "no acepta ese usuario, o le falta la etiqueta administrator" in texts[1]
    assert "no responde (ClientConnectorError)" in texts[2]
    assert PASSWORD not in "".join(texts)


async def test_the_whole_check_has_it_beside_the_rest_of_rabbitmq(managed: Managed) -> None:
    findings = await examine(load(managed.environ))

    words = [finding.what for finding in findings if finding.area == "RabbitMQ"]
    assert f"amqp://{ADDRESS}:{managed.broker.port}/{VHOST}" in words[0]
    assert "Además del hub" in words[-1]
