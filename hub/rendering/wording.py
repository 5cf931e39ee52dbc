"""
The parts that decide the words of all messages, besides event and message: kept once by digest, and read from
there.

Code decides too: the hub's own, which has filters and labels, and the libraries that compile a text. It is
not kept, but named, so that a difference can be explained.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from hub.model import Json, Sender
from hub.policy import Policy
from hub.policy.policy import policy_over
from hub.rendering.files import Files, StoredFiles, is_of_event
from hub.rendering.identities import Identities
from hub.rendering.templates import Templates
from hub.rendering.texting import Texting

_TABLES: Final = ("company", "calendar", "clocks", "sms", "senders", "residents")
"""The tables of the policy that texts use."""
_CODE: Final = (
    "rendering",
    "business_time",
    "channels/email/mime.py",
    "sms_text.py",
    "access/genuine_codes.py",
    "catalog/areas.py",
    "policy/senders.py",
    "policy/png.py",
    "messages/delivery/evidence.py",
)
_LIBRARIES: Final = ("Jinja2", "MarkupSafe", "css-inline", "holidays", "markdown-it-py", "segno", "tzdata")
_ROOT: Final = Path(__file__).parent.parent


class Wording(Struct, frozen=True, kw_only=True):
    """
    `code` is the digest of the code that makes texts; `made_by` are the versions of the hub and of libraries.

    `sender` are the fields of the sender of email, `files` the texts of the template files by path.
    """

    code: str
    made_by: Mapping[str, str]
    policy: Mapping[str, Json]
    sender: Mapping[str, str]
    two_way: bool
    files: Mapping[str, str]

    @classmethod
    def current(
        cls,
        policy: Mapping[str, Json],
        *,
        sender: Mapping[str, str],
        two_way: bool,
        files: Mapping[str, str],
    ) -> Wording:
        """Make it of the tables of a policy and the files of the templates, with the code that runs."""
        return cls(
            code=code_digest(),
            made_by=releases(),
            policy={name: policy[name] for name in _TABLES},
            sender=sender,
            two_way=two_way,
            files=dict(files),
        )

    def templates(self) -> Templates:
        """Make the templates again. Raises `InvalidTemplate`, `InvalidPolicy` where this code cannot."""
        return templates_of(
            StoredFiles(self.files),
            policy_over(self.policy),
            sender=Sender(**self.sender),
            two_way=self.two_way,
        )


def templates_of(files: Files, policy: Policy, *, sender: Sender, two_way: bool) -> Templates:
    """Make the templates of a company. `sender` is the sender where no identity names another."""
    company = policy.company
    return Templates.of(
        files,
        company={"name": company.name, "phone": company.phone, "email": company.email, "site": company.site},
        clocks=policy.clocks,
        calendar=policy.calendar,
        texting=Texting(
            prefix=policy.sms.prefix,
            alphabet=policy.sms.alphabet,
            code_part=policy.sms.code_part,
            two_way=two_way,
            own_link=policy.residents.sms,
            buttons=frozenset(policy.residents.whatsapp),
            english=frozenset(policy.residents.whatsapp_english),
        ),
        identities=Identities(policy.senders, sender),
    )


def digest_of_texts(files: Mapping[str, str], event: str) -> str:
    """Return the digest of the texts of an event: its own files, and those that all events share."""
    own = f"/{event}.j2"
    used = {path: text for path, text in files.items() if path.endswith(own) or not is_of_event(path)}
    return sha256(msgspec.json.encode(used, order="deterministic")).hexdigest()


def packed(wording: Wording) -> tuple[bytes, bytes]:
    """Return the digest of a wording, and its compressed form."""
    encoded = msgspec.json.encode(wording, order="deterministic")
    return sha256(encoded).digest(), zlib.compress(encoded)


def unpacked(sources: bytes) -> tuple[bytes, Wording]:
    """Return what the sources have as their digest, and the wording."""
    encoded = zlib.decompress(sources)
    return sha256(encoded).digest(), msgspec.json.decode(encoded, type=Wording)


@cache
def releases() -> Mapping[str, str]:
    """Return the versions of the hub and of the libraries that make texts."""
    return {name: version(name) for name in ("hub", *_LIBRARIES)}


@cache
def code_digest() -> str:
    """Compute the digest of the code that decides how a text is made."""
    found = sha256()
    for name in _CODE:
        place = _ROOT / name
        for file in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            found.update(file.relative_to(_ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return found.hexdigest()
