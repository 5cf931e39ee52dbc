"""Writing to one person: the words as an event, by a channel of the conversation. For the acts beside."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Final

from hub.desk.cases.conversation import conversation_of, name_of
from hub.desk.cases.given import document_of
from hub.desk.cases.publishing import Said, publish, say
from hub.desk.cases.rows import WrittenBody
from hub.doors.operator import Operator
from hub.errors import ChannelClosed
from hub.messages.planning.documents import naming
from hub.model import THREAD, Event
from hub.model.documents import FetchedDocument
from hub.operations.cases.acts import CLOSINGS, LONGEST, REPLIES, CaseActed, offered
from hub.operations.cases.writing import Conversation, Way, chosen, preferred, signed, written
from hub.ports.cases import KnownCase
from hub.rendering.typed_words import tidy

_CONVERSATION: Final = "thread_id:"


async def answer(by: Operator, case: KnownCase, body: WrittenBody, *, came_by: str = "") -> CaseActed:
    """Write to the person of a case; `came_by` is the channel of the reply that it answers."""
    document = await document_of(by, body)
    talk = await conversation_of(by, case)
    if case.case.startswith(_CONVERSATION):
        event = await words_of(by, talk, way_of(talk, body, came_by), body, document)
        subject, channel = f"case:{case.case}", event.data["channel"]
        await by.audit("case.reply", subject, person=talk.person, event=event.name, channel=channel)
        return await told(by, talk, event, document)
    act = offered(REPLIES, case, "reply to the person")
    # Without a channel it goes as the catalogue has it: whoever has no mail is written to by another one.
    given = signed(talk, name=await name_of(by), way=way_of(talk, body)) if body.channel else {}
    act = act.with_fields({**given, **naming(document, body.file_name)})
    form = body.form or token_urlsafe(12)
    said = Said(act=act, words=body.words, action="case.reply", form=form, at=by.now)
    return await say(by, case, said, document)


async def words_of(
    by: Operator, talk: Conversation, way: Way, body: WrittenBody, document: FetchedDocument | None = None
) -> Event:
    """Make the event that carries the words. Raises InvalidEvent."""
    event = written(
        talk,
        way,
        tidy(body.words, LONGEST),
        who=by.who,
        name=await name_of(by),
        form=body.form or token_urlsafe(12),
        now=by.now,
        given=naming(document, body.file_name),
    )
    by.stores.schemas.check(event, now=by.now)
    return event


async def told(
    by: Operator, talk: Conversation, event: Event, document: FetchedDocument | None = None
) -> CaseActed:
    """Publish words that are in the audit: they end what waits in their conversation."""
    said = Said(act=CLOSINGS[THREAD], words="", action="case.reply", form=event.id, at=by.now)
    return await publish(by, talk.case, event, said, document)


def way_of(talk: Conversation, body: WrittenBody, came_by: str = "") -> Way:
    """Return the way that was chosen, or that it came by. Raises ChannelClosed."""
    channel = body.channel or came_by or preferred(talk.ways, talk.last)
    if channel is None:
        raise ChannelClosed("There is no channel by which this person can be written to.")
    return chosen(talk.ways, channel, body.words)
