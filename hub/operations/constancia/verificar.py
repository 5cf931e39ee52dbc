"""
Comprueba una constancia sin conexión y sin el centro que la hizo: `python verificar.py constancia.zip`.

A program on its own, copied into each constancia: it needs Python 3.11 and `cryptography`, and imports
nothing of the hub. The archive is untrusted: nothing of it is written to disk, names are only compared,
sizes are bounded before anything is unpacked, and a name that stands there twice is refused.

The comment of the archive has a fixed length: a word, the public key and an Ed25519 signature over every byte
before the signature. So no byte of the file can change. The key stands in the archive, and anybody can make
one: only who knows its fingerprint from elsewhere knows who signed. Without `--key` nothing is said to be
anybody's, and the status is not 0.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LABEL: Final = b"hub constancia 1 "
KEY: Final = 64
"""Hexadecimal digits of the public key; one space follows."""
SIGNATURE: Final = 128
COMMENT: Final = len(LABEL) + KEY + 1 + SIGNATURE
FACTS: Final = "constancia.json"
CHAIN: Final = "sellos/cadena.csv"
LEAF: Final = 56
"""Bytes of a leaf: the message (16), the instant (8), the digest of the row (32)."""

_END: Final = struct.Struct("<4s4H2LH")
"""The end of a ZIP's central directory."""
_NAMED: Final = struct.Struct(">16sq")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_BYTES: Final = 1 << 30
"""Of the archive, and of everything in it unpacked."""
_MOST_OF_ONE: Final = 1 << 28
_MOST_FILES: Final = 100_000
_HEX: Final = re.compile(rb"[0-9a-f]+")
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_LINES: Final = 20
"""Findings of one kind that are printed one by one."""

FITS: Final = 0
WRONG: Final = 1
UNKNOWN: Final = 3
"""Statuses of the program; with the last one all fits, and nobody knows who signed. 2 are wrong arguments."""

_PRIME: Final = 2**255 - 19
_ORDER: Final = 2**252 + 27742317777372353535851937790883648493
_EIGHTH: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER: Final = frozenset({0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH})
"""The second coordinates of the points whose eightfold is nought: as a key they sign anything for anybody."""


class BadArchiveError(Exception):
    """The file is no constancia, or was changed; the text says how, in Spanish."""


@dataclass(frozen=True, slots=True)
class SignedArchive:
    """The bytes of a constancia whose signature is valid, and who signed it."""

    content: bytes
    fingerprint: str


@dataclass(slots=True)
class Report:
    """What was checked, what does not fit, and what the reader should know besides."""

    checked: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def split(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what is signed, the public key and the signature. Raises BadArchiveError."""
    end = len(content) - COMMENT - _END.size
    if end < 0:
        raise BadArchiveError("El archivo está incompleto o no es una constancia.")
    mark, *_, length = _END.unpack_from(content, end)
    comment = content[-COMMENT:]
    key, signature = comment[len(LABEL) : len(LABEL) + KEY], comment[-SIGNATURE:]
    form = comment.startswith(LABEL) and comment[len(LABEL) + KEY : -SIGNATURE] == b" "
    # Only small letters: otherwise a letter could change its case and mean the same.
    if (mark, length) != (b"PK\5\6", COMMENT) or not form or not _HEX.fullmatch(key + signature):
        raise BadArchiveError("El archivo está incompleto, tiene algo de más, o no es una constancia.")
    return content[:-SIGNATURE], bytes.fromhex(key.decode()), bytes.fromhex(signature.decode())


def check_signature(content: bytes) -> SignedArchive:
    """Verify the signature over the whole file. Raises BadArchiveError."""
    signed, key, signature = split(content)
    _require_form(key, signature)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except (InvalidSignature, ValueError):
        raise BadArchiveError("La firma no corresponde: alguien cambió el archivo.") from None
    return SignedArchive(content=content, fingerprint=sha256(key).hexdigest())


def _require_form(key: bytes, signature: bytes) -> None:
    """Raise BadArchiveError for a key or a signature that nobody needs a secret for; OpenSSL takes them."""
    if not _is_sound(key):
        raise BadArchiveError(
            "La llave con la que está firmado no la tiene nadie: cualquiera firma con ella."
        )
    if not _is_sound(signature[:32]) or int.from_bytes(signature[32:], "little") >= _ORDER:
        raise BadArchiveError("La firma no tiene la forma de las que hace una llave.")


def _is_sound(point: bytes) -> bool:
    """Return whether a point is written in the one way there is, and is not of small order."""
    second = int.from_bytes(point, "little") & (1 << 255) - 1
    return second < _PRIME and second not in _SMALL_ORDER


def unpack(content: bytes) -> dict[str, bytes]:
    """Read all files into memory, within bounds. Raises BadArchiveError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _require_bounds(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as exc:
        raise BadArchiveError("El archivo no se puede abrir como ZIP.") from exc


def _require_bounds(entries: Sequence[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names):
        raise BadArchiveError("Un nombre está dos veces en el archivo.")
    sizes = [entry.file_size for entry in entries]
    if len(names) > _MOST_FILES or sum(sizes) > _MOST_BYTES or max(sizes, default=0) > _MOST_OF_ONE:
        raise BadArchiveError("El archivo es más grande de lo que una constancia puede ser.")
    if any(entry.compress_type not in _METHODS or entry.flag_bits & _ENCRYPTED for entry in entries):
        raise BadArchiveError("El archivo usa algo que una constancia no usa.")


def check(files: Mapping[str, bytes], *, head: str | None = None) -> Report:
    """Compare everything in the archive with everything else in it. Raises BadArchiveError."""
    report = Report()
    facts = _facts(files)
    try:
        _check_files(facts, files, report)
        links, digests = _check_chain(facts, files, report)
        leaves = _check_leaves(files, links, report)
        _check_messages(facts, files, report)
        _check_states(facts, report)
        _check_rows(facts, leaves, report)
        _check_stamps(facts, files, digests, report)
        _check_head(digests, head, report)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        struct.error,
        csv.Error,
    ) as exc:
        raise BadArchiveError(f"{FACTS} no tiene la forma de una constancia.") from exc
    return report


def _facts(files: Mapping[str, bytes]) -> dict[str, Any]:
    try:
        facts = json.loads(files[FACTS])
    except (KeyError, ValueError, RecursionError):
        raise BadArchiveError(f"No hay un {FACTS} que se pueda leer.") from None
    if not isinstance(facts, dict) or facts.get("format") != 1:
        raise BadArchiveError("Es una constancia de otro formato: use el verificador que viene con ella.")
    return facts


def _check_files(facts: dict[str, Any], files: Mapping[str, bytes], report: Report) -> None:
    """Compare each file with the list in the facts."""
    listed = {file["name"]: file for file in facts["files"]}
    report.wrong += [f"Falta el archivo {name}." for name in sorted(listed.keys() - files.keys())]
    report.wrong += [f"Sobra el archivo {name}." for name in sorted(files.keys() - listed.keys() - {FACTS})]
    for name in sorted(listed.keys() & files.keys()):
        if (listed[name]["size"], listed[name]["sha256"]) != (len(files[name]), _hex(files[name])):
            report.wrong.append(f"El archivo {name} no es el que dice la constancia.")
    report.checked.append(f"{len(listed)} archivos comparados con la lista de la constancia.")


_SAID_BY = {
    "sent": {"accepted", "sent"},
    "waiting": {"accepted"},
    "delivered": {"delivered"},
    "read": {"read"},
    "bounced": {"bounced"},
}
"""State of a message → the outcomes of attempts, one of which it needs."""


@dataclass(frozen=True, slots=True)
class Link:
    """A seal of the chain."""

    micros: int
    count: int
    root: str


def _check_chain(
    facts: dict[str, Any], files: Mapping[str, bytes], report: Report
) -> tuple[dict[int, Link], set[str]]:
    """Compute the digest of each seal from the one before it; return the seals, and their digests."""
    rows = csv.reader(io.StringIO(files.get(CHAIN, b"").decode()))
    links = {int(row[0]): Link(int(row[1]), int(row[2]), row[3]) for row in rows if row}
    digests: dict[int, str] = {}
    for part in facts["seals"]["parts"]:
        numbers = range(part["first"], part["last"] + 1)
        # The range is what the archive says: never longer than the seals that it has.
        if not 0 < len(numbers) <= len(links) or not all(number in links for number in numbers):
            report.wrong.append(f"Faltan sellos entre el {part['first']} y el {part['last']}.")
            continue
        digests |= _digests(numbers, links, part["previous"])
        if digests[part["last"]] != part["digest"]:
            report.wrong.append(f"Los sellos del {part['first']} al {part['last']} no forman una cadena.")
    if digests.keys() != links.keys():
        report.wrong.append("Hay sellos que no pertenecen a ninguna cadena.")
    if links:
        report.checked.append(f"{len(links)} sellos encadenados.")
    return links, set(digests.values())


def _digests(numbers: range, links: Mapping[int, Link], previous: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for number in numbers:
        link = links[number]
        previous = found[number] = _hex(_compact([number, link.micros, link.count, link.root, previous]))
    return found


def _check_leaves(
    files: Mapping[str, bytes], links: Mapping[int, Link], report: Report
) -> dict[int, dict[bytes, bytes]]:
    """Return of each seal that has its leaves here: key of the row → digest of the row."""
    found: dict[int, dict[bytes, bytes]] = {}
    for name in sorted(files):
        if not (name.startswith("sellos/") and name.endswith(".hojas")):
            continue
        number, content = int(name.removeprefix("sellos/").removesuffix(".hojas")), files[name]
        link = links.get(number)
        if link is None or _hex(content) != link.root or len(content) != link.count * LEAF:
            report.wrong.append(f"Las hojas del sello {number} no son las que el sello cubre.")
            continue
        starts = range(0, len(content), LEAF)
        found[number] = {content[at : at + 24]: content[at + 24 : at + LEAF] for at in starts}
    return found


def _check_messages(facts: dict[str, Any], files: Mapping[str, bytes], report: Report) -> None:
    """Compare the bytes of each message with the digest of the bytes that left, which its row has."""
    same = 0
    for message in facts["messages"]:
        for call in message["rows"]:
            said = call["said"]
            if said is None:
                continue
            if said["file"] is None:
                report.notes.append(f"{_name(message)}: {said['why']}")
            elif _hex(files.get(said["file"], b"")) != call["row"][8]:
                report.wrong.append(f"{_name(message)}: los bytes no tienen la huella de lo que salió.")
            else:
                same += 1
    report.checked.append(f"{same} mensajes tienen la huella de los bytes que salieron.")


def _check_states(facts: dict[str, Any], report: Report) -> None:
    """Compare what each message claims to have become with its rows: no row, no arrival."""
    for message in facts["messages"]:
        outcomes = {call["row"][3] for call in message["rows"]}
        needed = _SAID_BY.get(message["state"], set())
        if not message.get("proven", True) or (needed and not needed & outcomes):
            report.wrong.append(f"{_name(message)}: sus intentos no dicen el estado «{message['state']}».")


def _check_rows(facts: dict[str, Any], leaves: Mapping[int, Mapping[bytes, bytes]], report: Report) -> None:
    """Compare each row with the seal of its minute, and look for sealed rows that are not here."""
    sealed: set[tuple[int, bytes]] = set()
    pending = 0
    for message in facts["messages"]:
        for call in message["rows"]:
            key, number = _key(call["row"]), call["seal"]
            if number is None:
                pending += call["unsealed"] != "added"
                if call["unsealed"] == "added":
                    report.wrong.append(f"{_name(message)}: un intento no está en el sello de su minuto.")
                continue
            sealed.add((number, key))
            if leaves.get(number, {}).get(key) != sha256(_compact(call["row"])).digest():
                report.wrong.append(f"{_name(message)}: alguien cambió un intento después de sellado.")
    report.checked.append(f"{len(sealed)} intentos comparados con el sello de su minuto.")
    if pending:
        report.notes.append(f"{pending} intentos no tienen sello todavía, o son de antes de los sellos.")
    report.wrong += _missing(facts, leaves, sealed)


def _missing(
    facts: dict[str, Any], leaves: Mapping[int, Mapping[bytes, bytes]], sealed: set[tuple[int, bytes]]
) -> Iterator[str]:
    ours = {UUID(message["id"]).bytes: message for message in facts["messages"]}
    for number, rows in leaves.items():
        for key in rows:
            if key[:16] in ours and (number, key) not in sealed:
                at = _EPOCH + timedelta(microseconds=_NAMED.unpack(key)[1])
                when = at.isoformat(timespec="seconds")
                yield f"{_name(ours[key[:16]])}: el intento de {when} está sellado y no está aquí."


def _check_stamps(
    facts: dict[str, Any], files: Mapping[str, bytes], digests: set[str], report: Report
) -> None:
    """Look whether each time stamp is about the digest of its seal. Its signature is OpenSSL's to judge."""
    stamps = facts["seals"]["stamps"]
    for stamp in stamps:
        if bytes.fromhex(stamp["digest"]) not in files.get(stamp["file"], b""):
            report.wrong.append(f"La estampa {stamp['file']} no es de la huella de su sello.")
        if stamp["digest"] not in digests:
            report.wrong.append(f"La estampa {stamp['file']} es de un sello que no está.")
    if stamps:
        report.notes.append(
            f"{len(stamps)} estampas de tiempo: «openssl ts -verify -digest HUELLA -in ARCHIVO -CAfile "
            "AUTORIDAD» juzga su firma."
        )


def _check_head(digests: set[str], head: str | None, report: Report) -> None:
    if head is None:
        return
    if _plain(head) in digests:
        report.checked.append("La cadena tiene el sello cuya huella usted dio.")
    else:
        report.wrong.append("La cadena no tiene el sello cuya huella usted dio.")


def _key(row: Sequence[Any]) -> bytes:
    return _NAMED.pack(UUID(row[0]).bytes, row[1])


def _name(message: dict[str, Any]) -> str:
    return f"Mensaje {message['id']} ({message['channel']}, {message['name'] or message['person']})"


def _compact(value: Sequence[Any]) -> bytes:
    """Encode as it is sealed: JSON in UTF-8, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _hex(content: bytes) -> str:
    return sha256(content).hexdigest()


def _plain(digest: str) -> str:
    """Return the digits of a digest however somebody has written it: in groups, with colons, in capitals."""
    return re.sub(r"[\s:.-]", "", digest).lower()


def verify(content: bytes, *, keys: Collection[str] = (), head: str | None = None) -> tuple[str, Report]:
    """
    Return the fingerprint of the signer and what was found.

    Raises BadArchiveError, also for a signer who is not among `keys`; without them it may be anybody.
    """
    if len(content) > _MOST_BYTES:
        raise BadArchiveError("El archivo es más grande de lo que una constancia puede ser.")
    archive = check_signature(content)
    if keys and archive.fingerprint not in map(_plain, keys):
        raise BadArchiveError(f"La firmó otra llave, cuya huella es {archive.fingerprint}.")
    return archive.fingerprint, check(unpack(archive.content), head=head)


_UNKNOWN: Final = (
    "El archivo cuadra consigo mismo, pero NO SE SABE DE QUIÉN ES: cualquiera pudo hacerlo y firmarlo. "
    "Compare la huella con la que la empresa publica o manda en su correo diario de sellos, y dela con --key."
)


def _printed(fingerprint: str, report: Report, whose: str | None) -> Iterator[str]:
    """Yield the lines for the reader; `whose` says of a known key whose it is."""
    if whose is None:
        yield "Ningún byte del archivo cambió desde que alguien lo firmó."
    else:
        yield "La firma es válida: ningún byte del archivo cambió desde que se firmó."
    yield f"Huella de la llave: {fingerprint}"
    if whose is not None:
        yield whose
    yield from report.checked
    yield from _some("Aviso", report.notes)
    yield from _some("NO CUADRA", report.wrong)
    if report.wrong:
        yield "Algo no cuadra."
    else:
        yield _UNKNOWN if whose is None else "Todo cuadra."


def _some(word: str, findings: Sequence[str]) -> Iterator[str]:
    yield from (f"{word}: {finding}" for finding in findings[:_LINES])
    if len(findings) > _LINES:
        yield f"{word}: y {len(findings) - _LINES} más."


def run(
    path: Path, *, keys: Collection[str], head: str | None, whose: str = "Es la llave que usted dio."
) -> tuple[int, list[str]]:
    """Verify a file; return the status, and what to tell the reader. `whose` is what to say of `keys`."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        fingerprint, report = verify(content, keys=keys, head=head)
    except OSError:
        return WRONG, [f"No se puede leer {path}."]
    except BadArchiveError as exc:
        return WRONG, [f"NO ES VÁLIDA: {exc}", "No confíe en nada de lo que diga el archivo."]
    status = FITS if keys else UNKNOWN
    return WRONG if report.wrong else status, list(_printed(fingerprint, report, whose if keys else None))


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify the file that the arguments name; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="verificar.py",
        description="Comprueba una constancia sin conexión. Termina con 0 si todo cuadra y la firmó la llave "
        "de --key, con 1 si algo no cuadra, con 3 si cuadra y no se sabe de quién es.",
    )
    parser.add_argument("file", metavar="ARCHIVO", type=Path, help="la constancia, un archivo ZIP")
    parser.add_argument("--key", metavar="HUELLA", help="la huella de la llave con la que debe estar firmada")
    parser.add_argument("--head", metavar="HUELLA", help="la huella de un sello, del correo de ese día")
    given = parser.parse_args(arguments)
    status, lines = run(given.file, keys=[given.key] if given.key else [], head=given.head)
    sys.stdout.write("\n".join([*lines, ""]))
    return status


if __name__ == "__main__":
    sys.exit(main())
