"""The routes of people: the directory, what they wrote, suppressions, letters; and of who may look."""

from __future__ import annotations

from typing import Final

from aiohttp import hdrs

from hub.web import contacts, correspondence, granting, operating, people, printed, roster, shapes
from hub.web.route import ADMIN, BAD, OPERATE, PRIVACY, READ, UNKNOWN, Route

PEOPLE: Final[tuple[Route, ...]] = (
    Route(
        path="/api/replies",
        handler=contacts.list_replies,
        needs=READ,
        summary="List what people wrote, newest first, without the words",
        query=correspondence.RepliesQuery,
        answers={200: correspondence.ReplyPage, **BAD},
    ),
    Route(
        path="/api/replies/{id}",
        handler=contacts.show_reply,
        needs=PRIVACY,
        summary="Show what somebody wrote",
        answers={200: correspondence.ReplyWhole, **UNKNOWN},
    ),
    Route(
        path="/api/suppressions",
        handler=contacts.list_suppressions,
        needs=READ,
        summary="List contact points that nobody is written to at, newest first",
        query=correspondence.PageQuery,
        answers={200: correspondence.SuppressionPage, **BAD},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/suppressions/lift",
        handler=contacts.lift_suppression,
        needs=OPERATE,
        summary="Write to a contact point again; safe to repeat",
        body=correspondence.LiftBody,
        answers={200: correspondence.Lifted, **BAD},
    ),
    Route(
        path="/api/people",
        handler=roster.list_people,
        needs=READ,
        summary="List who holds a role of a unit or a copropiedad, now or on a day",
        query=people.HoldersQuery,
        answers={200: people.HolderPage, **BAD},
    ),
    Route(
        path="/api/people/{ref}",
        handler=roster.show_person,
        needs=READ,
        summary="Show somebody of the directory, masked",
        answers={200: people.PersonWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_PUT,
        path="/api/directory/{kind}/{ref}",
        handler=roster.put_entry,
        needs=OPERATE,
        summary="Write into the directory; an older version than the stored one changes nothing",
        body=people.EntryBody,
        answers={200: people.Written, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_DELETE,
        path="/api/directory/{kind}/{ref}",
        handler=roster.delete_entry,
        needs=OPERATE,
        summary="Take out of the directory: a person, a membership, a leave, a rota",
        body=people.EntryBody,
        answers={200: people.Written, **BAD, **UNKNOWN, 405: shapes.Problem},
    ),
    Route(
        path="/api/letters",
        handler=printed.list_letters,
        needs=READ,
        summary="List letters to be printed and handed over, newest first",
        query=operating.LettersQuery,
        answers={200: operating.LetterPage, **BAD},
    ),
    Route(
        path="/api/letters/{id}",
        handler=printed.show_letter,
        needs=PRIVACY,
        summary="Show a letter as it is printed",
        answers={200: operating.LetterWhole, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/letters/{id}/done",
        handler=printed.hand_over,
        needs=OPERATE,
        summary="Say that a letter was handed over: its message is delivered; safe to repeat",
        answers={200: operating.HandedOver, **UNKNOWN},
    ),
)

ACCESS: Final[tuple[Route, ...]] = (
    Route(
        path="/api/keys",
        handler=granting.list_keys,
        needs=ADMIN,
        summary="List the keys of systems, newest first, without their secrets",
        answers={200: granting.KeyList},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys",
        handler=granting.create_key,
        needs=ADMIN,
        summary="Make a key; its token is in this answer and never again",
        body=granting.KeyBody,
        answers={201: granting.KeyMade, **BAD, 409: shapes.Problem},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys/{name}/rotate",
        handler=granting.rotate_key,
        needs=ADMIN,
        summary="Make the successor of a key; both open until the old one ends",
        body=granting.RotateBody,
        answers={201: granting.KeyMade, **BAD, **UNKNOWN},
    ),
    Route(
        method=hdrs.METH_POST,
        path="/api/keys/{name}/revoke",
        handler=granting.revoke_key,
        needs=ADMIN,
        summary="End the live keys of a name, or the one of a prefix, now",
        answers={200: granting.KeysRevoked, **UNKNOWN},
    ),
    Route(
        path="/api/audit",
        handler=granting.list_notes,
        needs=PRIVACY | ADMIN,
        summary="List who looked at people's data and who changed what, newest first",
        query=correspondence.PageQuery,
        answers={200: granting.NotePage, **BAD},
    ),
)
