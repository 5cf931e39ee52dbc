"""
Remake of sent words, byte for byte, and its comparison with the digest of the sent bytes.

The words are made by the same code as at sending, from the stored event and message, the stored facts, and
the stored version of the templates. Nothing of today counts: neither templates nor policy nor directory.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final, TypeAlias

import msgspec
from msgspec.structs import replace

from hub.channels.email.mime import compose
from hub.errors import HubError
from hub.messages.delivery.evidence import canonical, missing_document, unpack
from hub.model import Brand, Claimed, Evidence, Facts, Outgoing, Rendered, Sender
from hub.model.evidence import Call, SaidMessage
from hub.operations.evidence.shown import words_of
from hub.people.brands import brand_of
from hub.rendering import Templates
from hub.rendering.own_links import is_text
from hub.rendering.wording import Wording, code_digest, releases, unpacked
from hub.storage.evidence import PostgresVersions

Documents: TypeAlias = Mapping[str, bytes]
"""SHA-256 → the bytes of an attached document."""


class Finding(StrEnum):
    """The result of making a message again."""

    SAME = "same"
    KEPT = "kept"
    """Its own bytes are stored and have the digest; made again, they would be others."""
    DIFFERENT = "different"
    IMPOSSIBLE = "impossible"


FINDINGS_ES: Final[Mapping[Finding, str]] = {
    Finding.SAME: "Igual byte por byte a lo que salió.",
    Finding.KEPT: "Se guardaron los bytes que salieron, y son los de la huella.",
    Finding.DIFFERENT: "NO es igual a lo que salió.",
    Finding.IMPOSSIBLE: "No se puede volver a hacer.",
}
PROVEN: Final = frozenset({Finding.SAME, Finding.KEPT})
_NO_EVIDENCE: Final = "Salió antes de que el centro guardara pruebas: solo consta que el proveedor lo aceptó."
_NO_FACTS: Final = (
    "Ya no están los datos con los que se hizo, por ejemplo porque se borraron los de la persona."
)
_NO_VERSION: Final = "No está la versión de los textos con la que se hizo."
_NO_BRAND: Final = "No está la identidad que la copropiedad tenía entonces, o alguien la cambió."
_NO_DOCUMENT: Final = "Ya no está guardado el documento que iba adjunto."
_FORGED_VERSION: Final = "La versión guardada de los textos no tiene su huella: alguien la cambió."
_FORGED_BYTES: Final = "Los bytes guardados no tienen la huella de lo que salió: alguien los cambió."
_CHANGED: Final = (
    "El código y los textos son los de entonces: alguien cambió el mensaje, su aviso, sus datos o la huella."
)
_OTHER_CODE: Final = "Lo hizo otro código ({then}; hoy {now}): hágalo con ese para comparar."
_UNREADABLE: Final = "El centro no entiende la versión guardada: {why}"
_EMAIL: Final = "email"
_INBOX: Final = "inbox"
_MOST: Final = 4
"""Versions of the texts in memory, a megabyte or two each. A case has messages of a few."""
_FORGOTTEN_AFTER: Final = 300.0
"""Seconds without a question after which no version is in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remade:
    """
    One accepted call, made again. `why` says in Spanish what stands against it.

    `rendered` are the words and `content` the bytes, as far as they could be made or were kept. `whole` are
    all the words of what only led to its page.
    """

    call: Call
    finding: Finding
    why: str = ""
    rendered: Rendered | None = None
    content: bytes | None = None
    whole: Rendered | None = None

    @property
    def tampered(self) -> bool:
        """Whether somebody has changed its sources: the code of then makes other bytes of them."""
        return self.why in (_CHANGED, _FORGED_BYTES, _FORGED_VERSION)


@dataclass(frozen=True, slots=True)
class _Version:
    wording: Wording
    templates: Templates


@dataclass(frozen=True, slots=True)
class _Parts:
    """The stored sources of a call beside its message and facts; `version`, or the reason without one."""

    version: _Version | str
    brand: Brand | None
    documents: Documents


class Remaker:
    """
    Makes messages again, in a thread: rendering takes milliseconds, and compiling a version tens of them.

    Remembers the versions that it has read last, for some minutes: most messages share a few.
    """

    def __init__(self, store: PostgresVersions) -> None:
        self._store = store
        self._versions: OrderedDict[bytes, _Version] = OrderedDict()
        self._brands: dict[bytes, Brand | None] = {}
        self._forgetting: asyncio.TimerHandle | None = None

    async def remake(self, said: SaidMessage) -> list[Remade]:
        """Make each call again that a provider accepted."""
        accepted = [call for call in said.calls if call.attempt.outcome == "accepted"]
        return [await asyncio.to_thread(_remake, said, call, await self._parts(call)) for call in accepted]

    def forget(self) -> None:
        """Drop the versions: between two questions they would only take memory."""
        self._versions.clear()
        self._brands.clear()

    async def _parts(self, call: Call) -> _Parts:
        return _Parts(await self._version(call.version), await self._brand(call), await self._documents(call))

    async def _documents(self, call: Call) -> Documents:
        """Return the document that the mail took along, by its SHA-256."""
        evidence = call.attempt.evidence
        digest = None if evidence is None else _attached(evidence)
        content = None if digest is None else await self._store.document(bytes.fromhex(digest))
        return {} if digest is None or content is None else {digest: content}

    async def _brand(self, call: Call) -> Brand | None:
        """Return the identity of the copropiedad as it was then; None where it had none or it is gone."""
        facts = call.attempt.evidence.facts if call.attempt.evidence else None
        if facts is None or facts.brand is None:
            return None
        if facts.brand not in self._brands:
            found = await self._store.versions([facts.brand])
            sources = found.get(facts.brand)
            self._brands[facts.brand] = brand_of(facts.brand, sources) if sources else None
            self._forget_later()
        return self._brands[facts.brand]

    async def _version(self, digest: bytes | None) -> _Version | str:
        """Return the version, or why there is none."""
        if digest is None:
            return _NO_VERSION
        if digest not in self._versions:
            found = await self._store.versions([digest])
            if digest not in found:
                return _NO_VERSION
            read = await asyncio.to_thread(_read, digest, found[digest])
            if isinstance(read, str):
                return read
            self._remember(digest, read)
        self._forget_later()
        self._versions.move_to_end(digest)
        return self._versions[digest]

    def _remember(self, digest: bytes, version: _Version) -> None:
        self._versions[digest] = version
        if len(self._versions) > _MOST:
            self._versions.popitem(last=False)

    def _forget_later(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
        self._forgetting = asyncio.get_running_loop().call_later(_FORGOTTEN_AFTER, self.forget)


def _attached(evidence: Evidence) -> str | None:
    facts = evidence.facts
    if facts is not None:
        return facts.document.sha256 if facts.document is not None and facts.document.enclosed else None
    try:
        return None if evidence.content is None else missing_document(evidence.content)
    except zlib.error:
        return None


def _remake(said: SaidMessage, call: Call, parts: _Parts) -> Remade:
    evidence = call.attempt.evidence
    if evidence is None:
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=_NO_EVIDENCE)
    kept = _kept(evidence, parts.documents)
    if kept is not None and sha256(kept).digest() != evidence.digest:
        return Remade(call=call, finding=Finding.DIFFERENT, why=_FORGED_BYTES, content=kept)
    made = _made(said, call, evidence, parts)
    if kept is not None and made.finding is not Finding.SAME:
        words = words_of(kept, said.message.channel)
        return Remade(
            call=call, finding=Finding.KEPT, why=made.why, content=kept, rendered=words, whole=made.whole
        )
    return made


def _made(said: SaidMessage, call: Call, evidence: Evidence, parts: _Parts) -> Remade:
    version = parts.version
    if isinstance(version, str):
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=version)
    if evidence.facts is None:
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=_NO_FACTS)
    if evidence.facts.brand is not None and parts.brand is None:
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=_NO_BRAND)
    if _lacks_document(said, evidence.facts, parts.documents):
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=_NO_DOCUMENT)
    try:
        outgoing = _outgoing(said, evidence.facts, version.templates, parts)
        content = _content(outgoing, version.wording)
    except HubError as exc:
        return Remade(call=call, finding=Finding.IMPOSSIBLE, why=_UNREADABLE.format(why=exc))
    same = sha256(content).digest() == evidence.digest
    return Remade(
        call=call,
        finding=Finding.SAME if same else Finding.DIFFERENT,
        why="" if same else _difference(version.wording),
        rendered=outgoing.rendered,
        content=content,
        whole=_whole(said, evidence.facts, version.templates, parts) if is_text(said.message) else None,
    )


def _whole(said: SaidMessage, facts: Facts, templates: Templates, parts: _Parts) -> Rendered | None:
    """Make the words to which a text leads: those of the same version, as an inbox shows them."""
    claimed = _claimed(said, facts, parts)
    shown = replace(claimed, message=replace(claimed.message, channel=_INBOX))
    try:
        return templates.render_claimed(shown, facts)
    except HubError:
        return None


def _read(digest: bytes, sources: bytes) -> _Version | str:
    try:
        actual, wording = unpacked(sources)
        if actual != digest:
            return _FORGED_VERSION
        return _Version(wording, wording.templates())
    except (zlib.error, msgspec.MsgspecError):
        return _FORGED_VERSION
    except HubError as exc:
        return _UNREADABLE.format(why=exc)


def _lacks_document(said: SaidMessage, facts: Facts, documents: Documents) -> bool:
    sent = facts.document
    return said.message.channel == _EMAIL and sent is not None and sent.enclosed and not documents


def _kept(evidence: Evidence, documents: Documents) -> bytes | None:
    if evidence.content is None:
        return None
    try:
        return unpack(evidence.content, documents)
    except zlib.error:
        return b""


def _claimed(said: SaidMessage, facts: Facts, parts: _Parts) -> Claimed:
    return Claimed(
        message=said.message,
        attempt=0,
        event_time=said.event_time,
        source=said.source,
        data=said.data,
        building=facts.building,
        unit=facts.unit,
        due=facts.due,
        late=facts.late,
        brand=parts.brand,
        party=facts.party,
    )


def _outgoing(said: SaidMessage, facts: Facts, templates: Templates, parts: _Parts) -> Outgoing:
    rendered = templates.render_claimed(_claimed(said, facts, parts), facts)
    attached = parts.documents.get(facts.document.sha256, b"") if facts.document is not None else b""
    return Outgoing(message=said.message, rendered=replace(rendered, facts=facts), attachment=attached)


def _content(outgoing: Outgoing, wording: Wording) -> bytes:
    if outgoing.message.channel == _EMAIL:
        return compose(outgoing, sender=Sender(**wording.sender))
    return canonical(outgoing)


def _difference(wording: Wording) -> str:
    """Return the reason why the bytes differ: other code, or else a change of the stored rows."""
    then, now = (wording.code, wording.made_by), (code_digest(), releases())
    if then == now:
        return _CHANGED
    return _OTHER_CODE.format(then=_named(*then), now=_named(*now))


def _named(code: str, made_by: Mapping[str, str]) -> str:
    libraries = ", ".join(f"{name} {number}" for name, number in made_by.items() if name != "hub")
    return f"hub {made_by.get('hub', '')}, código {code[:12]}, {libraries}"
