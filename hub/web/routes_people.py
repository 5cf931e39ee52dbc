"""The routes of people (directory, replies, suppressions, letters) and of access (keys, audit)."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs

from hub.access.grant_keys import KeyMade
from hub.operations.audience import AudienceMeant
from hub.web.api import api_keys, audiences, directory, letters, replies
from hub.web.route import ADMIN, BAD, OPERATE, PRIVACY, READ, UNKNOWN, Route, Where
from hub.web.schemas import common, operations, people
from hub.web.schemas import replies as reply_schemas

PEOPLE: Final[tuple[Route, ...]] = (
    Route(
        path="/api/replies",
        handler=replies.list_replies,
        needs=READ,
        where=Where.PLACES,
        summary="List replies, newest first, without their text",
        query=reply_schemas.RepliesQuery,
        answers={200: reply_schemas.ReplyPage, **BAD},
    ),
    Route(
        path="/api/replies/{id}",
        handler=replies.show_reply,
        needs=PRIVACY,
        where=Where.PLACES,
        summary="Show a reply with its text",
        answers={200: reply_schemas.ReplyWhole, **UNKNOWN},
    ),
    Route(
        path="/api/suppressions",
        handler=replies.list_suppressions,
        needs=READ,
        where=Where.PLACES,
        summary="List suppressed contact points, newest first",
        query=common.PageQuery,
        answers={200: reply_schemas.SuppressionPage, **BAD},
    ),
    Route(
        path="/api/suppressions/{id}",
        handler=replies.show_suppression,
        needs=READ,
        where=Where.PLACES,
        summary="Show a suppressed contact point; masked by default",
        query=common.WholeQuery,
        answers={200: reply_schemas.SuppressionWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/suppressions/lift",
        handler=replies.lift_suppression,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Lift a suppression; safe to repeat",
        body=reply_schemas.LiftBody,
        answers={200: reply_schemas.Lifted, **BAD},
    ),
    Route(
        path="/api/people",
        handler=directory.list_people,
        needs=READ,
        where=Where.PLACES,
        summary="List who holds a role of a unit or a copropiedad, now or on a day",
        query=people.HoldersQuery,
        answers={200: people.HolderPage, **BAD},
    ),
    Route(
        path="/api/audience",
        handler=audiences.show_audience,
        needs=READ,
        where=Where.PLACES,
        summary="Count and list the people of an audience now: reach by channel, and who is left out",
        query=people.AudienceQuery,
        answers={200: AudienceMeant, **BAD},
    ),
    Route(
        path="/api/people/{ref}",
        handler=directory.show_person,
        needs=READ,
        where=Where.PLACES,
        summary="Show a person of the directory; masked by default",
        query=common.WholeQuery,
        answers={200: people.PersonWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_PUT,
        path="/api/directory/{kind}/{ref}",
        handler=directory.put_entry,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Write a directory entry; a version older than the stored one changes nothing",
        body=people.EntryBody,
        answers={200: people.Written, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_DELETE,
        path="/api/directory/{kind}/{ref}",
        handler=directory.delete_entry,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Remove a directory entry: a person, a membership, a leave, a rota",
        body=people.EntryBody,
        answers={200: people.Written, **BAD, **UNKNOWN, 405: common.Problem},
    ),
    Route(
        path="/api/letters",
        handler=letters.list_letters,
        needs=READ,
        where=Where.PLACES,
        summary="List letters to be printed and handed over, newest first",
        query=operations.LettersQuery,
        answers={200: operations.LetterPage, **BAD},
    ),
    Route(
        path="/api/letters/{id}",
        handler=letters.show_letter,
        needs=PRIVACY,
        where=Where.PLACES,
        summary="Show a letter as it is printed",
        answers={200: operations.LetterWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/letters/{id}/done",
        handler=letters.hand_over,
        needs=OPERATE,
        where=Where.PLACES,
        summary="Mark a letter as handed over: its message is delivered; safe to repeat",
        answers={200: operations.HandedOver, **UNKNOWN},
    ),
)

ACCESS: Final[tuple[Route, ...]] = (
    Route(
        path="/api/keys",
        handler=api_keys.list_keys,
        needs=ADMIN,
        where=Where.EVERYWHERE,
        summary="List the keys of systems, newest first, without their secrets",
        answers={200: api_keys.KeyList},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys",
        handler=api_keys.create_key,
        needs=ADMIN,
        where=Where.EVERYWHERE,
        summary="Create a key; only this response has its token",
        body=api_keys.KeyBody,
        answers={201: KeyMade, **BAD, 409: common.Problem},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys/{name}/rotate",
        handler=api_keys.rotate_key,
        needs=ADMIN,
        where=Where.EVERYWHERE,
        summary="Create the successor of a key; both work until the old one expires",
        body=api_keys.RotateBody,
        answers={201: KeyMade, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys/{name}/revoke",
        handler=api_keys.revoke_key,
        needs=ADMIN,
        where=Where.EVERYWHERE,
        summary="Revoke at once the live keys of a name, or the key of a prefix",
        answers={200: api_keys.KeysRevoked, **UNKNOWN},
    ),
    Route(
        path="/api/audit",
        handler=api_keys.list_notes,
        needs=PRIVACY | ADMIN,
        where=Where.EVERYWHERE,
        summary="List who looked at people's data and who changed what, newest first",
        query=api_keys.NotesQuery,
        answers={200: api_keys.NotePage, **BAD},
    ),
)
