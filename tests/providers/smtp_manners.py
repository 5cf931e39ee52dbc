"""Misbehaviour of mail servers, as coroutines for `SmtpServer.on`."""

import asyncio

from tests.providers.smtp_conversation import Behaviour, Conversation


def first(times: int, behaviour: Behaviour) -> Behaviour:
    """Misbehave the first `times` times."""
    left = times

    async def behave_at_last(conversation: Conversation, line: str) -> bool:
        nonlocal left
        if left == 0:
            return False
        left -= 1
        return await behaviour(conversation, line)

    return behave_at_last


def replying(reply: str, *, about: str = "") -> Behaviour:
    """Reply this instead of the server's reply, to lines that contain `about`."""

    async def reply_otherwise(conversation: Conversation, line: str) -> bool:
        if about not in line:
            return False
        conversation.wire.reply(reply)
        return True

    return reply_otherwise


def leaving(reply: str) -> Behaviour:
    """Send a last reply, such as a 421, and close."""

    async def leave(conversation: Conversation, _line: str) -> bool:
        conversation.wire.reply(reply)
        await conversation.wire.finish()
        return True

    return leave


async def drop(conversation: Conversation, _line: str) -> bool:
    """Drop the connection without a reply."""
    conversation.wire.drop()
    return True


async def drop_after_part(conversation: Conversation, _line: str) -> bool:
    """Drop in the middle of the content."""
    await conversation.wire.read_some()
    conversation.wire.drop()
    return True


async def hang(conversation: Conversation, _line: str) -> bool:
    """Never reply again."""
    await conversation.wire.stay_silent()
    return True


async def accept_then_hang(conversation: Conversation, _line: str) -> bool:
    """Accept the mail and never reply; for the moment `DOT`."""
    conversation.keep()
    await conversation.wire.stay_silent()
    return True


def accepting_late(seconds: float) -> Behaviour:
    """Accept the mail and reply so many seconds later; for the moment `DOT`."""

    async def accept_late(conversation: Conversation, _line: str) -> bool:
        conversation.keep()
        await asyncio.sleep(seconds)
        conversation.wire.reply("250 2.0.0 Ok")
        return True

    return accept_late


async def accept_then_drop(conversation: Conversation, _line: str) -> bool:
    """Accept the mail and drop the connection instead of replying; for the moment `DOT`."""
    conversation.keep()
    conversation.wire.drop()
    return True


async def accept_data_for_nobody(conversation: Conversation, _line: str) -> bool:
    """Reply 354 although every RCPT was refused, as RFC 2920, 3.1 allows."""
    await conversation.take_content()
    return True
