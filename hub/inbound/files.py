"""
Files that come in: judged by their bytes as fetched documents are, whatever their sender says of them. Pure.

What is no whole PDF, PNG or JPEG, or too large, is not kept; its name stands under the words, so that
whoever answers can ask for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from msgspec import structs

from hub.channels.document_ends import kind_of
from hub.errors import InvalidDocument
from hub.model import Reply
from hub.model.documents import ANONYMOUS, FetchedDocument
from hub.model.given_files import LONGEST_NAME, GivenFile
from hub.policy.documents import DocumentPolicy

MOST: Final = 10
"""Files that are kept of one reply."""
_NAMED: Final = 5
TOO_LARGE: Final = "too_large"
WRONG_TYPE: Final = "wrong_type"
TOO_MANY: Final = "too_many"
_REFUSED: Final = {
    TOO_LARGE: "It has more than {most} bytes (`[documents] max_bytes` of the policy).",
    WRONG_TYPE: "It is no whole PDF, PNG or JPEG.",
}


def judged(files: Sequence[GivenFile], rules: DocumentPolicy) -> tuple[GivenFile, ...]:
    """Return the files with their types; those that are not kept without their bytes."""
    return tuple(
        judge(file, rules) if place < MOST else _refused(file, TOO_MANY) for place, file in enumerate(files)
    )


def judge(file: GivenFile, rules: DocumentPolicy) -> GivenFile:
    """Return the file with its type, or why it is not kept; one to be fetched is judged then."""
    if file.media:
        return file
    if len(file.content) > rules.max_bytes:
        return _refused(file, TOO_LARGE)
    kind = kind_of(file.content, rules.types)
    return _refused(file, WRONG_TYPE) if kind is None else structs.replace(file, kind=kind)


def document_in(content: bytes, rules: DocumentPolicy) -> FetchedDocument:
    """Return the document in these bytes of staff's. Raises InvalidDocument."""
    file = judge(GivenFile(name=ANONYMOUS, content=content), rules)
    if file.refused:
        raise InvalidDocument(_REFUSED[file.refused].format(most=rules.max_bytes))
    return FetchedDocument(sha256=sha256(content).digest(), kind=file.kind, content=content)


def with_judged(reply: Reply, rules: DocumentPolicy) -> Reply:
    """Return the reply with its files judged, and under its words the names of those that are not kept."""
    files = judged(reply.files, rules)
    names = [file.name for file in files if file.refused]
    return replace(
        reply, files=files, text=f"{reply.text}\n\n{_lost(names)}".strip() if names else reply.text
    )


def _refused(file: GivenFile, why: str) -> GivenFile:
    return structs.replace(file, content=b"", refused=why)


def _lost(names: Sequence[str]) -> str:
    more = f" y {len(names) - _NAMED} más" if len(names) > _NAMED else ""
    return f"[archivos sin guardar: {', '.join(names[:_NAMED])}{more}]"


def named_files(documents: Sequence[FetchedDocument], first: str) -> list[GivenFile]:
    """Name the documents of a form: the first as its file, those after it by their place."""
    names = [first or "documento", *(f"documento {place}" for place in range(2, 1 + len(documents)))]
    return [
        GivenFile(name=name[:LONGEST_NAME], content=one.content, kind=one.kind)
        for name, one in zip(names, documents, strict=False)
    ]
