"""Answers: staff writes to one person: in a case, to a reply, or first."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Final
from uuid import UUID

from hub.desk.cases.acts import end
from hub.desk.cases.conversation import conversation_of, name_of, ways_of
from hub.desk.cases.given import document_of
from hub.desk.cases.known import Key, case_of, require_no_term
from hub.desk.cases.publishing import Said, publish, say
from hub.desk.cases.replies import REPLY
from hub.desk.cases.rows import FirstWordBody, ReplyBody, WrittenBody
from hub.doors.operator import Operator, found
from hub.errors import ChannelClosed, ScopeNeeded
from hub.messages.planning.documents import naming
from hub.model import THREAD, Event
from hub.model.casework import ReplyState, case_of_thread
from hub.model.documents import FetchedDocument
from hub.model.reply_rows import ReplyRow
from hub.operations.cases.acts import CLOSINGS, LONGEST, REPLIES, CaseActed, offered
from hub.operations.cases.writing import Conversation, Way, chosen, new_thread, preferred, signed, written
from hub.ports.cases import KnownCase
from hub.rendering.typed_words import tidy
from hub.storage import PostgresConversations

_CONVERSATION: Final = "thread_id:"


PERSON: Final = "person"


async def reply_to_case(by: Operator, key: Key, body: ReplyBody) -> CaseActed:
    """
    Write to the person of a case, by a channel of their choice.

      hub cases reply PQ-2026-000901 --words "El plomero llega a las 2." --channel whatsapp
    """
    case = await case_of(by, key)
    if body.close:
        await require_no_term(by, case)
    done = await answer(by, case, body)
    if body.close:
        await end(by, case, body.words, body.form)
    return done


async def answer_reply(by: Operator, reply_id: UUID, body: WrittenBody) -> CaseActed:
    """
    Answer what somebody wrote, by the channel that it came by, in its thread.

      hub replies answer 00000000-0000-8f3e-9b41-5c1c0e6f7a10 --words "La llave está en la portería."
    """
    reply = found(REPLY, await by.stores.contacts.reply(reply_id, by.places))
    done = await answer(by, await _case_of_reply(by, reply), body, came_by=reply.channel)
    await by.stores.casework.settle_reply(reply_id, ReplyState.ANSWERED, by=by.who)
    return done


async def conversation_of_reply(by: Operator, reply: ReplyRow) -> Conversation:
    """Return the conversation in which a reply is answered."""
    return await conversation_of(by, await _case_of_reply(by, reply))


async def _case_of_reply(by: Operator, reply: ReplyRow) -> KnownCase:
    case = case_of_thread(reply.thread)
    known = await by.stores.cases.known([case], places=by.places)
    # Its event may still be on the way: the reply itself says where it belongs.
    return known[0] if known else KnownCase(case=case, alone=True)


async def write_to_person(by: Operator, ref: str, body: FirstWordBody) -> CaseActed:
    """
    Write to one person of the directory: their answer comes back to the same conversation.

      hub replies write p-maria-pena --words "Su paquete está en la portería." --channel sms
    """
    # Whoever is in another building is answered like somebody who does not exist: that comes first.
    talk = await conversation_with(by, ref, body.copropiedad, body.subject.strip())
    if by.places is not None and body.copropiedad not in by.places:
        raise ScopeNeeded("Name one of your copropiedades.", "It says what you write about.")
    document = await document_of(by, body)
    event = await words_of(by, talk, way_of(talk, body), body, document)
    channel = event.data["channel"]
    await by.audit("person.write", f"person:{ref}", person=ref, event=event.name, channel=channel)
    return await told(by, talk, event, document)


async def conversation_with(
    by: Operator, ref: str, copropiedad: str | None = None, subject: str = ""
) -> Conversation:
    """Return the conversation that staff begins with somebody of the directory. Raises NoSuch."""
    found(PERSON, await by.stores.directory.somebody(ref, places=by.places))
    # Whoever may write there reads the name, too.
    known = found(PERSON, await PostgresConversations(by.db).person(ref))
    return Conversation(
        thread=new_thread(ref, copropiedad),
        person=ref,
        recipient={"name": known.name},
        subject=subject,
        copropiedad=copropiedad,
        ways=await ways_of(by, ref, {}, ()),
    )


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
