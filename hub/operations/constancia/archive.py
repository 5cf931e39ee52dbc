"""
The signed archive: a ZIP whose comment has the public key, and a signature over every byte before it.

The comment has a fixed length, so the end of the central directory, which states it, is signed too. The same
files give the same bytes: names in a fixed order, one instant for all. `verificar.py` states the form.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final

from hub.access.document_keys import DocumentKey
from hub.business_time.dates import ZONE
from hub.errors import TooLarge
from hub.operations.constancia.schemas import ListedFile
from hub.operations.constancia.verificar import COMMENT, LABEL

_MOST_BYTES: Final = 1 << 28
"""The size of the archive, which is made in memory."""
UNPACKED: Final = 1 << 29
"""The size of everything in it; a verifier takes twice as much."""
TOO_LARGE: Final = (
    "La constancia sería demasiado grande. Pida la de cada persona, o la de un caso más pequeño."
)
_FILE: Final = 0o644 << 16
_UNIX: Final = 3


@dataclass(slots=True)
class Archive:
    """Files are added one by one, then it is signed."""

    at: datetime
    files: list[ListedFile] = field(default_factory=list)
    _content: io.BytesIO = field(default_factory=io.BytesIO)
    _unpacked: int = 0
    _zip: zipfile.ZipFile = field(init=False)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self._content, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes) -> None:
        """Add a file, which the facts list. Raises TooLarge."""
        self.files.append(ListedFile(name=name, size=len(content), sha256=sha256(content).hexdigest()))
        self._write(name, content)

    def add_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for name, content in files:
            self.add(name, content)

    def signed(self, name: str, facts: bytes, key: DocumentKey) -> bytes:
        """Add the facts, which list everything else, and return the whole archive, signed."""
        self._write(name, facts)
        self._zip.comment = b" " * COMMENT
        self._zip.close()
        unsigned = self._content.getvalue()[:-COMMENT] + LABEL + key.public.hex().encode() + b" "
        return unsigned + key.sign(unsigned).hex().encode()

    def _write(self, name: str, content: bytes) -> None:
        self._unpacked += len(content)
        if self._unpacked > UNPACKED:
            raise TooLarge(TOO_LARGE)
        entry = zipfile.ZipInfo(name, self.at.astimezone(ZONE).timetuple()[:6])
        entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _FILE, _UNIX
        self._zip.writestr(entry, content)
        if self._content.tell() > _MOST_BYTES:
            raise TooLarge(TOO_LARGE)
