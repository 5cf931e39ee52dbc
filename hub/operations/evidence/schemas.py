"""Evidence of a message, for the API, the page and the command line."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hub.model import Instant
from hub.model.reviews import Release
from hub.operations.evidence.remake import FINDINGS_ES, Finding, Remade
from hub.operations.evidence.shown import readable
from hub.sla.ack_links import without_link


class EvidenceRow(Struct, kw_only=True):
    """
    One call that a provider accepted, made again and compared with the sent bytes.

    A link that acts for the recipient is not in it: the reader of evidence is somebody else. In its place
    stands "(enlace personal)", also in `content`, whose digest is therefore not `sha256` then.
    """

    at: Instant
    provider: str
    reference: str | None
    sha256: Annotated[str | None, Meta(description="Of the bytes that left.")]
    template_version: Annotated[
        str | None, Meta(description="The SHA-256 of all that decided the words then.")
    ]
    finding: Finding
    what: Annotated[str, Meta(description="The finding in Spanish.")]
    why: Annotated[str, Meta(description="What stands against it, in Spanish; empty: nothing.")]
    subject: str | None
    text: str | None
    content: Annotated[
        str | None,
        Meta(description="What was made again or kept: an email's bytes, else a JSON array; links replaced."),
    ]


class ReleaseRow(Struct, kw_only=True):
    """Who released a communication, and the plan as JSON that they saw, byte for byte."""

    at: Instant
    by: str
    sha256: Annotated[str, Meta(description="Of `shown`, as the audit of the release has it.")]
    shown: str

    @classmethod
    def of(cls, release: Release) -> ReleaseRow:
        return cls(
            at=release.at, by=release.by, sha256=release.shown_sha256.hex(), shown=release.shown.decode()
        )


def row_of(remade: Remade) -> EvidenceRow:
    attempt, words = remade.call.attempt, remade.rendered
    evidence, version = attempt.evidence, remade.call.version
    return EvidenceRow(
        at=attempt.at,
        provider=attempt.provider,
        reference=attempt.reference,
        sha256=evidence.digest.hex() if evidence else None,
        template_version=version.hex() if version else None,
        finding=remade.finding,
        what=FINDINGS_ES[remade.finding],
        why=remade.why,
        subject=without_link(words.subject) if words else None,
        text=without_link(words.text) if words else None,
        content=None if remade.content is None else readable(remade.content),
    )
