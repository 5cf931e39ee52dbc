"""What somebody says of a case that is there: added to it, in place of a second one."""

from __future__ import annotations

from hub.desk.cases.colleagues import note_case
from hub.desk.cases.known import Key, case_of
from hub.desk.cases.rows import CaseNoted, HeardBody, NoteBody
from hub.doors.operator import Operator, found
from hub.inbound.files import document_in, named_files
from hub.storage import given_files


async def add_to_case(by: Operator, key: Key, body: HeardBody) -> CaseNoted:
    """
    Add what somebody says of a case to it, as a note with its documents; it gets no number of its own.

      hub cases add PQ-2026-000901 --ref p-maria-pena --words "Llamó: sigue igual."
    """
    case, name = await case_of(by, key), await _name_of(by, body)
    documents = [
        document_in(content, by.stores.policy.documents) for content in (body.file, *body.more) if content
    ]
    await by.audit("case.add", f"case:{case.case}", person=body.ref)
    # By the name an erasure finds the words, and the files go with them.
    words = f"{name}\n{body.words}".strip()
    noted = await note_case(by, key, NoteBody(words=words, form=body.form))
    await given_files.keep(by.db, noted.id, named_files(documents, body.file_name), person=body.ref)
    return noted


async def _name_of(by: Operator, body: HeardBody) -> str:
    if body.ref is None:
        return body.name.strip()
    known = found("person", await by.stores.directory.somebody(body.ref, places=by.places, named=True))
    return str(known["name"])
