"""Documents of a draft: attached, taken off; what is sent is the one file, or the pages of all as one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import replace

from hub.channels.document_ends import kind_of
from hub.desk.communications import drafts
from hub.desk.communications.acts import draft_of, row_of
from hub.desk.communications.rows import FileRow
from hub.doors.operator import Operator, found
from hub.errors import ChangedDraft, InvalidDocument, NotOffered
from hub.inbound.given_documents import joined_document
from hub.messages.planning.documents import given_name
from hub.model.communications import Communication
from hub.model.documents import FetchedDocument, LinkedDocument
from hub.storage.communication_drafts import StoredFile

FILE: Final = "file"
DOCUMENT: Final = "document"
MOST: Final = 10
_NAMES: Final = "documentos.pdf"
_NOT_TAKEN: Final = (
    "Events of this kind have no document, or no link can lead to it: see HUB_SECRET and HUB_PUBLIC_URL."
)


class FileBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One more document of a draft."""

    version: Annotated[int, Meta(ge=1, description="The version that was read.")]
    file: Annotated[bytes, Meta(description="A whole PDF, PNG or JPEG, in base64.")]
    file_name: Annotated[str, Meta(max_length=200, description="The name of the file.")] = ""


class FilePlaceBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: Annotated[int, Meta(ge=1, description="The version that was read.")]
    place: Annotated[int, Meta(ge=1, description="Its place among the files.")]


class CommunicationFiles(Struct, frozen=True, kw_only=True):
    """The documents of a draft; of several, all pages are sent as one PDF."""

    version: int
    files: list[FileRow]


async def show_files(by: Operator, communication: UUID) -> CommunicationFiles:
    """Show the documents that go with a communication."""
    row = await row_of(by, communication)
    return _shown(row, await by.stores.communications.attached(row.id))


async def show_document(by: Operator, communication: UUID) -> LinkedDocument:
    """Send the document that goes with a communication: who releases it reads it before."""
    row, store = await row_of(by, communication), by.stores.communications
    await by.audit_look("communication.document", f"communication:{row.id}")
    whole = found(DOCUMENT, next((one for one in await store.attached(row.id) if not one.place), None))
    content = found(DOCUMENT, await store.content(whole.sha256))
    kind = kind_of(content, by.stores.policy.documents.types) or ""
    # Its name is somebody's words; a header of the answer has it.
    return LinkedDocument(kind=kind, name=given_name(whole.name), content=content)


async def attach_file(by: Operator, communication: UUID, body: FileBody) -> CommunicationFiles:
    """Attach a document to a draft, judged by its bytes. Raises InvalidDocument, NotOffered."""
    row = await draft_of(by, communication)
    if not takes_files(by, row.kind):
        raise NotOffered(_NOT_TAKEN)
    files = [one for one in await by.stores.communications.attached(row.id) if one.place]
    if len(files) >= MOST:
        raise NotOffered(f"At most {MOST} files.")
    document = await joined_document([body.file], by.stores.policy.documents, at=by.now)
    if document is None:
        raise InvalidDocument("It is empty.")
    new = StoredFile(
        place=max((one.place for one in files), default=0) + 1,
        name=body.file_name or f"documento.{document.kind}",
        sha256=document.sha256,
    )
    await by.audit("communication.attach", f"communication:{row.id}", sha256=document.sha256.hex())
    return await _save(by, replace(row, version=body.version), [*files, new], document)


async def drop_file(by: Operator, communication: UUID, body: FilePlaceBody) -> CommunicationFiles:
    """Take a document off a draft."""
    row = await draft_of(by, communication)
    files = [one for one in await by.stores.communications.attached(row.id) if one.place]
    found(FILE, next((one for one in files if one.place == body.place), None))
    await by.audit("communication.detach", f"communication:{row.id}", file=body.place)
    left = [one for one in files if one.place != body.place]
    return await _save(by, replace(row, version=body.version), left)


def takes_files(by: Operator, kind: str) -> bool:
    """Return whether events of this kind name a document, and its link can lead to the hub."""
    if not by.stores.company.sent_documents.usable:
        return False
    fields = by.stores.schemas.by_name[kind].document.get("properties", {}).values()
    return any(one.get("x-fill") == "document" for one in fields)


async def _save(
    by: Operator, row: Communication, files: list[StoredFile], new: FetchedDocument | None = None
) -> CommunicationFiles:
    """Store the files with what is sent of them, as the next version of the draft."""
    store, given = by.stores.communications, {} if new is None else {new.sha256: new.content}
    contents = [given.get(one.sha256) or await store.content(one.sha256) or b"" for one in files]
    sent = await joined_document(contents, by.stores.policy.documents, at=by.now)
    name = files[0].name if len(files) == 1 else _NAMES
    whole = [] if sent is None else [StoredFile(place=0, name=name, sha256=sent.sha256)]
    kept = [one for one in (sent, new) if one is not None]
    changed = replace(row, changed_at=by.now, writers=[*row.writers, by.by])
    saved = await store.save_files(changed, drafts.words_of(row), [*whole, *files], kept)
    if saved is None:
        raise ChangedDraft
    return _shown(saved, await store.attached(row.id))


def _shown(row: Communication, files: Sequence[StoredFile]) -> CommunicationFiles:
    return CommunicationFiles(version=row.version, files=drafts.file_rows(files))
