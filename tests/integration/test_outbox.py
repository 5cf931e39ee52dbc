"""Messages as files."""

import asyncio
import json
import stat
from pathlib import Path

import pytest

from hub.channels.email.channel import EmailChannel
from hub.channels.outbox import Outbox, as_json
from hub.channels.sms import TRAITS as SMS_TRAITS
from hub.errors import TransientFailure
from hub.model import Rendered
from tests.providers.samples import AT, outgoing, simple_mail


def mails(folder: Path) -> Outbox:
    return Outbox(folder, EmailChannel.traits, render=simple_mail, suffix=".eml")


def texts(folder: Path) -> Outbox:
    return Outbox(folder, SMS_TRAITS, render=as_json, suffix=".json")


async def test_a_mail_becomes_an_eml_file_named_by_its_time_and_id(tmp_path: Path) -> None:
    sent = outgoing()

    answer = await mails(tmp_path).send(sent)

    name = f"20260309T130000Z-email-{sent.message.id}.eml"
    assert (answer.provider, answer.reference) == ("file", name)
    assert (tmp_path / name).read_bytes() == simple_mail(sent)


async def test_a_text_becomes_a_json_file_that_says_everything(tmp_path: Path) -> None:
    sent = outgoing("sms", "+573001234567", expires_at=AT, rendered=Rendered(text="Su radicado: ñ"))

    answer = await texts(tmp_path).send(sent)

    assert answer.reference is not None
    assert json.loads((tmp_path / answer.reference).read_text(encoding="utf-8")) == {
        "id": str(sent.message.id),
        "channel": "sms",
        "address": "+573001234567",
        "name": "María Pérez",
        "person": "p-1",
        "event": "pqrs.received",
        "purpose": "transactional",
        "lane": "normal",
        "subject": "",
        "text": "Su radicado: ñ",
        "created_at": "2026-03-09T13:00:00+00:00",
        "expires_at": "2026-03-09T13:00:00+00:00",
    }


async def test_the_same_message_again_overwrites_its_file(tmp_path: Path) -> None:
    sent = outgoing()
    outbox = mails(tmp_path)

    await asyncio.gather(*(outbox.send(sent) for _ in range(10)))

    assert [path.name for path in files(tmp_path)] == [f"20260309T130000Z-email-{sent.message.id}.eml"]


async def test_the_folder_is_made_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "outbox"

    await mails(folder).send(outgoing())

    (file,) = files(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_folder_that_cannot_be_written_is_transient_and_leaves_no_draft(tmp_path: Path) -> None:
    sent = outgoing()
    blocked = tmp_path / f"20260309T130000Z-email-{sent.message.id}.eml"
    (blocked / "in the way").mkdir(parents=True)

    with pytest.raises(TransientFailure) as caught:
        await mails(tmp_path).send(sent)

    assert (caught.value.reason, caught.value.unknown) == ("outbox", False)
    assert files(tmp_path) == [blocked]


def files(folder: Path) -> list[Path]:
    return list(folder.iterdir())
