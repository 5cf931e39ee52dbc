"""The stand-alone verifier: any changed byte fails, and everything that does not fit is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Collection
from hashlib import sha256, sha512
from pathlib import Path
from typing import Final

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from hub.access.document_keys import DocumentKey
from hub.operations.constancia import verificar
from hub.operations.constancia.verificar import BadArchiveError
from tests.unit.constancias import OF_NOBODY, Small, key_of, resigned, run_alone, zipped


def wrong(small: Small) -> list[str]:
    _, report = verificar.verify(small.signed())
    return report.wrong


def refused(content: bytes, keys: Collection[str] = ()) -> str:
    with pytest.raises(BadArchiveError) as caught:
        verificar.verify(content, keys=keys)
    return str(caught.value)


def test_untouched_archive_fits() -> None:
    small = Small()
    keys = [key_of("another secret that is long enough 0123456789").fingerprint, key_of().fingerprint.upper()]
    fingerprint, report = verificar.verify(small.signed(), keys=keys, head=small.head)

    assert (key_of().fingerprint, [], []) == (fingerprint, report.wrong, report.notes)


def test_every_flipped_bit_of_every_byte_fails() -> None:
    content = bytearray(Small().signed())
    accepted = []
    for place in range(len(content)):
        for bit in (0x01, 0x20, 0x80):
            content[place] ^= bit
            try:
                verificar.verify(bytes(content))
            except BadArchiveError:
                pass
            else:
                accepted.append((place, bit))
            content[place] ^= bit

    assert [] == accepted
    verificar.verify(bytes(content))


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c[:-1],
        lambda c: c[1:],
        lambda c: c + b"\0",
        lambda c: b"\0" + c,
        lambda c: c[:200],
        lambda _: b"",
        lambda c: c + c,
    ],
)
def test_shortened_or_lengthened_file_fails(change: Callable[[bytes], bytes]) -> None:
    assert "archivo" in refused(change(Small().signed()))


def test_archive_signed_by_somebody_else_fails_only_where_the_key_is_given() -> None:
    forged = Small().signed(key_of("otra frase bastante larga que nadie adivina 987654"))

    assert "La firmó otra llave" in refused(forged, keys=[key_of().fingerprint])
    assert [] == verificar.verify(forged)[1].wrong


PRIME: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
EIGHTH: Final = (
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
)
"""Two points of order eight; the other two have the other sign."""


def encoded(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


WEAK: Final = [
    *(encoded(y, sign) for y in (0, 1, PRIME - 1) for sign in (0, 1)),
    *(encoded(int.from_bytes(bytes.fromhex(point), "little"), sign) for point in EIGHTH for sign in (0, 1)),
]
ANOTHER_WAY: Final = [encoded(PRIME + more, sign) for more in range(19) for sign in (0, 1)]
"""Coordinates from the prime on: the same points as below, written otherwise."""


def test_key_of_small_order_opens_nothing() -> None:
    """Its signature is right for any content, by whoever wants it."""
    Ed25519PublicKey.from_public_bytes(OF_NOBODY.public).verify(OF_NOBODY.sign(b""), b"anything")

    assert "no la tiene nadie" in refused(Small().signed(OF_NOBODY))
    assert "no la tiene nadie" in refused(Small().signed(OF_NOBODY), keys=[OF_NOBODY.fingerprint])


def test_no_key_of_small_order_and_none_written_another_way_is_taken() -> None:
    keys = [DocumentKey(public=public, sign=key_of().sign) for public in (*WEAK, *ANOTHER_WAY)]
    found = {refused(Small().signed(key), keys=[key.fingerprint]) for key in keys}

    assert ["no la tiene nadie" in words for words in found] == [True]


def test_no_signature_has_a_point_of_small_order_or_one_written_another_way() -> None:
    honest = key_of()

    def with_point(point: bytes) -> DocumentKey:
        return DocumentKey(public=honest.public, sign=lambda signed: point + honest.sign(signed)[32:])

    found = {refused(Small().signed(with_point(point))) for point in (*WEAK, *ANOTHER_WAY)}

    assert ["La firma no tiene la forma" in words for words in found] == [True]


def test_signature_without_a_secret_number_is_refused() -> None:
    """The signer has chosen nought: OpenSSL takes it, and it gives the key away."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, point = private.public_key().public_bytes_raw(), encoded(1)
    head = sha512(bytes(range(32))).digest()[:32]
    secret = int.from_bytes(head, "little") & (2**254 - 8) | 2**254

    def sign(signed: bytes) -> bytes:
        challenge = int.from_bytes(sha512(point + public + signed).digest(), "little")
        return point + (challenge * secret % ORDER).to_bytes(32, "little")

    private.public_key().verify(sign(b"x"), b"x")
    assert "La firma no tiene la forma" in refused(Small().signed(DocumentKey(public=public, sign=sign)))


def test_signature_with_the_order_added_is_refused() -> None:
    honest = key_of()

    def sign(signed: bytes) -> bytes:
        said = honest.sign(signed)
        return said[:32] + (int.from_bytes(said[32:], "little") + ORDER).to_bytes(32, "little")

    assert "La firma no tiene la forma" in refused(
        Small().signed(DocumentKey(public=honest.public, sign=sign))
    )


@given(st.binary(min_size=32, max_size=32), st.binary())
def test_honest_keys_and_signatures_are_taken(seed: bytes, said: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    verificar._require_form(private.public_key().public_bytes_raw(), private.sign(said))


def test_constancia_of_an_older_hub_still_fits() -> None:
    """Made when every key was as good as another, with the verifier of then in it."""
    content = (Path(__file__).parents[1] / "vectors" / "former_constancia.zip").read_bytes()
    fingerprint, report = verificar.verify(content, keys=[key_of().fingerprint])

    assert (key_of().fingerprint, []) == (fingerprint, report.wrong)


def test_added_removed_renamed_and_changed_files_are_named() -> None:
    added, removed, renamed, changed = Small(), Small(), Small(), Small()
    added.unlisted["otro.txt"] = b"x"
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in Small().files.items()
    ]
    for small in (removed, renamed, changed):
        small.facts["files"] = listed
    del removed.files["mensajes/a.json"]
    renamed.files["mensajes/b.json"] = renamed.files.pop("mensajes/a.json")
    changed.files["mensajes/a.json"] = b"Otra cosa"

    assert ["Sobra el archivo otro.txt."] == wrong(added)
    assert "Falta el archivo mensajes/a.json." in wrong(removed)
    assert {"Falta el archivo mensajes/a.json.", "Sobra el archivo mensajes/b.json."} <= set(wrong(renamed))
    assert "El archivo mensajes/a.json no es el que dice la constancia." in wrong(changed)


def change_words(small: Small) -> None:
    small.files["mensajes/a.json"] = b"Otra cosa"


def change_row(small: Small) -> None:
    small.call["row"][3] = "delivered"


def change_digest(small: Small) -> None:
    small.files["mensajes/a.json"] = b"Otra cosa"
    small.call["row"][8] = sha256(b"Otra cosa").hexdigest()


def leave_out_row(small: Small) -> None:
    small.facts["messages"][0]["rows"] = []


def add_row(small: Small) -> None:
    small.call["seal"], small.call["unsealed"] = None, "added"


def change_leaves(small: Small) -> None:
    small.files["sellos/1.hojas"] = bytes(56)


def change_chain(small: Small) -> None:
    small.files[verificar.CHAIN] = small.files[verificar.CHAIN].replace(b"1,", b"1,1", 1)


def cut_chain(small: Small) -> None:
    small.files[verificar.CHAIN] = small.files[verificar.CHAIN].splitlines(keepends=True)[0]


def add_stamp(small: Small) -> None:
    small.files["sellos/2.tsr"] = b"nada"
    small.facts["seals"]["stamps"] = [{"seal": 2, "digest": small.head, "file": "sellos/2.tsr"}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_words, "los bytes no tienen la huella de lo que salió"),
        (change_row, "alguien cambió un intento después de sellado"),
        (change_digest, "alguien cambió un intento después de sellado"),
        (leave_out_row, "está sellado y no está aquí"),
        (add_row, "un intento no está en el sello de su minuto"),
        (change_leaves, "Las hojas del sello 1"),
        (change_chain, "no forman una cadena"),
        (cut_chain, "Faltan sellos"),
        (add_stamp, "no es de la huella de su sello"),
    ],
)
def test_what_does_not_fit_is_named_though_the_signature_is_valid(
    change: Callable[[Small], None], words: str
) -> None:
    small = Small()
    change(small)

    assert words in " ".join(wrong(small))


def test_words_that_could_not_be_made_again_are_told_and_not_hidden() -> None:
    small = Small()
    small.call["said"] = {"file": None, "why": "Ya no están los datos con los que se hizo."}
    _, report = verificar.verify(small.signed())

    assert ["Ya no están los datos" in note for note in report.notes] == [True]


def test_digest_of_another_seal_is_not_found() -> None:
    _, report = verificar.verify(Small().signed(), head="00" * 32)

    assert ["La cadena no tiene el sello cuya huella usted dio."] == report.wrong


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (b"[]", "otro formato"),
        (b"{", "que se pueda leer"),
        (b'{"format": 2}', "otro formato"),
        (b'{"format": 1}', "no tiene la forma"),
        (
            b'{"format": 1, "files": [], "seals": {"parts": [{"first": 1, "last": 1e400}]}, "messages": []}',
            "forma",
        ),
        (
            (
                b'{"format": 1, "files": [], "seals": {"parts": [], "stamps": []},'
                b' "messages": [{"id": "0", "rows": [{"row": ["0"], "seal": 1, "said": null}]}]}'
            ),
            "no tiene la forma",
        ),
        (b"[" * 200_000, "que se pueda leer"),
    ],
)
def test_facts_of_another_form_are_refused_in_words(facts: bytes, words: str) -> None:
    assert words in refused(resigned(zipped({verificar.FACTS: facts})))


def test_range_of_seals_that_never_ends_is_refused_at_once() -> None:
    small = Small()
    small.facts["seals"]["parts"][0]["last"] = 10**15
    endless = Small()
    endless.facts["seals"]["parts"][0]["last"] = 10**30

    assert "Faltan sellos" in " ".join(wrong(small))
    assert "no tiene la forma" in refused(endless.signed())


def test_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = resigned(zipped({"mensajes/a": bytes(1 << 20) * 300}))

    assert len(bomb) < 1 << 20
    assert "más grande" in refused(bomb)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_name_that_stands_there_twice_is_refused() -> None:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("constancia.json", b"{}")
        archive.writestr("constancia.json", b"[]")

    assert "dos veces" in refused(resigned(body.getvalue()))


@given(
    st.lists(st.text(st.characters(codec="utf-8")) | st.integers(-(2**63), 2**63 - 1) | st.none(), max_size=4)
)
def test_row_is_encoded_as_the_hub_seals_it(row: list[str | int | None]) -> None:
    assert msgspec.json.encode(row) == verificar._compact(row)


def test_same_files_make_the_same_bytes() -> None:
    assert Small().signed() == Small().signed()


def test_copied_verifier_needs_nothing_but_cryptography(tmp_path: Path) -> None:
    small = Small()
    program, archive = tmp_path / "verificar.py", tmp_path / "c.zip"
    program.write_bytes(Path(verificar.__file__).read_bytes())
    archive.write_bytes(small.signed())
    fits = run_alone(program, str(archive), "--key", key_of().fingerprint, "--head", small.head)
    unknown = run_alone(program, str(archive))
    archive.write_bytes(small.signed()[:-1])
    broken = run_alone(program, str(archive))
    helped = run_alone(program, "--help")
    absent = run_alone(program, str(tmp_path / "no.zip"))

    assert (0, "") == (fits.returncode, fits.stderr)
    assert fits.stdout.endswith("Todo cuadra.\n")
    assert "Es la llave que usted dio." in fits.stdout
    assert (verificar.UNKNOWN, True) == (unknown.returncode, "NO SE SABE DE QUIÉN ES" in unknown.stdout)
    assert not any(words in unknown.stdout for words in ("La firma es válida", "Todo cuadra.\n"))
    assert (1, True) == (broken.returncode, "NO ES VÁLIDA" in broken.stdout)
    assert (0, True) == (helped.returncode, "ARCHIVO" in helped.stdout)
    assert (1, True) == (absent.returncode, "No se puede leer" in absent.stdout)
