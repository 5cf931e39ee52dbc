"""The shape of an export, for the API and the command line."""

from __future__ import annotations

from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hub.model import Instant, MarkReason
from hub.model.given_files import HandedFile
from hub.model.preferences import PreferenceChange
from hub.operations.cases.schemas import ThreadEntry
from hub.operations.constancia.schemas import ConsentLine, ProvenMessage
from hub.storage.person_export import (
    CountedContactLine,
    PageOpeningLine,
    PersonVersion,
    PromiseOfCase,
    RoleVersion,
    SuppressionLine,
    SurveyOfPerson,
)

FORMAT: Final = 1


class AuditLine(Struct, kw_only=True):
    """A look at the person's data or a change of it, with its author."""

    at: Instant
    who: str
    action: str
    subject: str


class MarkLine(Struct, kw_only=True):
    """A mark of staff: do not contact. On the own page it has neither reason nor note."""

    reason: MarkReason | None
    since: Instant
    until: Instant | None
    ended_at: Instant | None
    note: str | None


class PersonExport(Struct, kw_only=True):
    """
    What the hub holds of a person, unmasked: only for that person, or in their name.

    It goes by the person's reference, and by each address that only this person has or had. Rows with only an
    address that somebody else has or had too are not in it, nor is what others wrote about the person.
    """

    format: int = FORMAT
    made_at: Instant
    asked_by: str
    company: str
    person: str
    identity: Annotated[
        Any, Meta(description="As the directory has it now; null for who is not there any more.")
    ]
    versions: Annotated[list[PersonVersion], Meta(description="As the directory had it, oldest first.")]
    roles: Annotated[
        list[RoleVersion], Meta(description="In units, copropiedades and the company, over time.")
    ]
    consents: Annotated[list[ConsentLine], Meta(description="The ledger: each yes and no with its proof.")]
    messages: Annotated[
        list[ProvenMessage],
        Meta(description="Each message: its state and reason, and its words as they left."),
    ]
    thread: Annotated[
        list[ThreadEntry],
        Meta(description="The same in order, with replies and what the person did not get."),
    ]
    files: Annotated[list[HandedFile], Meta(description="Files that the person has sent.")]
    cases: Annotated[list[PromiseOfCase], Meta(description="Cases with each promise and how it ended.")]
    surveys: list[SurveyOfPerson]
    preferences: Annotated[
        list[PreferenceChange], Meta(description="Each change of the person's wishes, oldest first.")
    ]
    marks: Annotated[list[MarkLine], Meta(description="Do not contact: set by staff, newest first.")]
    openings: Annotated[
        list[PageOpeningLine], Meta(description="Codes of the last day, and the open pages of the person.")
    ]
    contacts: Annotated[
        list[CountedContactLine], Meta(description="Contacts of this week and the last one that count.")
    ]
    suppressions: Annotated[
        list[SuppressionLine], Meta(description="Addresses of the person to which the hub does not write.")
    ]
    audit: Annotated[list[AuditLine], Meta(description="Who read or changed the data, newest first.")]
