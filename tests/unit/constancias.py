"""A small constancia without a database, and its verifier as a reader of it has it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import cryptography

from hub.access.document_keys import DocumentKey, document_keys
from hub.access.keyring import KeyRing
from hub.model.evidence import SealedRow
from hub.model.seals import fields_of, leaf, micros, seal
from hub.operations.constancia import verificar
from hub.operations.constancia.archive import Archive
from hub.settings import Secret
from tests.unit.factories import MONDAY

BODY: Final = b"Lo que se dijo"
"""The bytes of the one message."""
_MINUTE: Final = timedelta(minutes=1)


OF_NOBODY: Final = DocumentKey(public=b"\1" + bytes(31), sign=lambda _signed: b"\1" + bytes(63))
"""The neutral point as a key: one signature is right for any content."""


def key_of(secret: str = "una frase bastante larga que nadie adivina 0123456789") -> DocumentKey:
    return document_keys(KeyRing([Secret(secret)]))[0]


@dataclass
class Small:
    """
    Two seals, one message. A test changes its parts, and signs it anew.

    `row` is the attempt in the archive, `sealed` the attempt in the seal.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    unlisted: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        row = SealedRow(
            message_id=UUID(int=7),
            at=MONDAY,
            recorded_at=MONDAY,
            outcome="accepted",
            provider='smtp ñ"\\\x07',
            reference=None,
            code="250 ok",
            took=5,
            digest=sha256(BODY).digest(),
            version=None,
        )
        first = seal(None, MONDAY, leaf(row))
        second = seal(first, MONDAY + _MINUTE, b"")
        self.head = second.digest.hex()
        chain = "".join(
            f"{one.number},{micros(one.minute)},{one.count},{one.root.hex()}\n" for one in (first, second)
        )
        self.files |= {"mensajes/a.json": BODY, verificar.CHAIN: chain.encode(), "sellos/1.hojas": leaf(row)}
        self.facts: dict[str, Any] = {
            "format": 1,
            "messages": [
                {
                    "id": str(row.message_id),
                    "channel": "sms",
                    "state": "sent",
                    "proven": True,
                    "name": "María",
                    "person": "p-maria",
                    "rows": [
                        {
                            "row": list(fields_of(row)),
                            "seal": 1,
                            "unsealed": None,
                            "said": {"file": "mensajes/a.json", "why": ""},
                        }
                    ],
                }
            ],
            "seals": {
                "parts": [{"first": 1, "last": 2, "previous": "00" * 32, "digest": self.head}],
                "stamps": [],
            },
        }

    @property
    def call(self) -> dict[str, Any]:
        call: dict[str, Any] = self.facts["messages"][0]["rows"][0]
        return call

    def signed(self, key: DocumentKey | None = None) -> bytes:
        archive = Archive(MONDAY)
        archive.add_all(self.files.items())
        listed = [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in archive.files]
        archive.add_all(self.unlisted.items())
        facts = json.dumps({"files": listed, **self.facts}).encode()
        return archive.signed(verificar.FACTS, facts, key or key_of())


def resigned(content: bytes, key: DocumentKey | None = None) -> bytes:
    """Sign a ZIP anew, with any content."""
    body = io.BytesIO(content)
    with zipfile.ZipFile(body, "a") as archive:
        archive.comment = b" " * verificar.COMMENT
    key = key or key_of()
    unsigned = body.getvalue()[: -verificar.COMMENT] + verificar.LABEL + key.public.hex().encode() + b" "
    return unsigned + key.sign(unsigned).hex().encode()


def zipped(files: Mapping[str, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def run_alone(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a verifier in a Python that has nothing but the standard library and `cryptography`."""
    allowed = Path(cryptography.__file__).parents[1]
    start = (
        "import importlib.abc, runpy, sys\n"
        "class Only(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        root = name.partition('.')[0]\n"
        "        if root not in sys.stdlib_module_names | {'cryptography', '_cffi_backend', 'cffi'}:\n"
        "            raise ImportError(name)\n"
        f"sys.path.append({str(allowed)!r})\n"
        "sys.meta_path.insert(0, Only())\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", start, str(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=program.parent,
        timeout=60,
    )
