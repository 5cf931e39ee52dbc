"""
Set one document with Typst: the job as JSON on standard input, the PDF on standard output.

A program on its own, which `hub.rendering.paper.pdf` starts: the memory that a long document takes is given
back when it ends, and a document that never ends can be stopped. It imports nothing of the hub.

Data reaches a template as one JSON text: nothing that a person wrote is ever read as markup. A template reads
no file outside the folder of its job and, with the environment that it is started with, nothing of the
network.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typst

_FOLDER: Final = Path(__file__).parent
_GAP: Final = re.compile(
    r"[^\n\t\x20-\x7e\xa0-\u024f\u0370-\u0377\u037a-\u037f"
    r"\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03fe\u0400-\u045f\u2010-\u2027\u2030-\u2040\u2042\u2044\u20ac\u2190-\u2193]"
)
"""Signs that the built-in fonts may lack. PDF/A allows no gap: a document with one is not made at all."""
_UNSEEN: Final = frozenset("\u200b\u200c\u200d\ufe0e\ufe0f\ufeff\r")


def shown(data: Any) -> Any:
    """Return the data with the code of each sign that the fonts lack: `[U+1F600]`."""
    if isinstance(data, str):
        return _GAP.sub(_code, unicodedata.normalize("NFC", data))
    if isinstance(data, list):
        return [shown(item) for item in data]
    return {name: shown(value) for name, value in data.items()} if isinstance(data, dict) else data


def _code(sign: re.Match[str]) -> str:
    return "" if sign[0] in _UNSEEN else f"[U+{ord(sign[0]):04X}]"


def set_document(job: dict[str, Any]) -> bytes:
    """
    Return the PDF of `template` with `data`. `at` is its date: the same job has the same bytes.

    `folder` has the files that the template may read; the templates are put beside them. `claims` are sets of
    standards, of which the first that the document keeps counts.
    """
    folder = Path(job["folder"])
    for template in (*_FOLDER.glob("*.typ"), _FOLDER / job["template"]):
        (folder / template.name).write_bytes(template.read_bytes())
    *harder, last = job["claims"]
    for claims in harder:
        with suppress(typst.TypstError):
            return _compiled(job, folder, claims)
    return _compiled(job, folder, last)


def _compiled(job: dict[str, Any], folder: Path, claims: list[Any]) -> bytes:
    made = typst.compile(
        folder / Path(job["template"]).name,
        root=folder,
        font_paths=[_FOLDER / "fonts"],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(shown(job["data"]), ensure_ascii=False)},
        pdf_standards=claims,
        timestamp=datetime.fromisoformat(job["at"]).astimezone(UTC).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError("no PDF")
    return made


def main() -> int:
    try:
        pdf = set_document(json.load(sys.stdin.buffer))
    except (typst.TypstError, ValueError, TypeError, OSError) as exc:
        # The first line: those below may quote the document.
        sys.stderr.write(str(exc).partition("\n")[0][:200])
        return 1
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
