"""
Make the document of a publisher printable: its bytes on standard input, the sizes of its pages on the output.

A program on its own, which `hub.rendering.paper.documents` starts for one document: a document that breaks
its reader breaks nothing else. Its arguments are the media type and the file to write.

The output is made anew: of a PDF page its drawing and the looks of its notes, forms and signatures, and
nothing that acts, is attached or is not seen. It has been set once with Typst before it is believed.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

MOST_PAGES: Final = 100
MOST_DRAWING: Final = 64 << 20
"""Bytes of all pages' drawings, unpacked: a small file may hold gigabytes."""
MOST_PIXELS: Final = 60_000_000
_DRAWN: Final = frozenset({"/Type", "/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/Group"})
_INHERITED: Final = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_PRINTED: Final = (2550, 3300)
"""Pixels of a letter page at 300 for each inch."""
_TRIAL: Final = """#set page(width: 10cm, height: 10cm, margin: 0pt)
#for number in range({pages}) {{ image("{name}", page: number + 1, fit: "contain") }}
"""

Size = tuple[float, float]


def drawn(content: bytes, target: Path) -> list[Size]:
    """Write a PDF with nothing but what is drawn on the pages; return their sizes."""
    from pikepdf import Pdf  # noqa: PLC0415 - a picture needs none of it

    with Pdf.open(io.BytesIO(content)) as source, Pdf.new() as made:
        if not 0 < len(source.pages) <= MOST_PAGES:
            raise ValueError("pages")
        if _hides_layers(source):
            raise ValueError("layers")
        with suppress(RuntimeError):
            source.generate_appearance_streams()
        source.flatten_annotations("print")
        if sum(_unpacked(page) for page in source.pages) > MOST_DRAWING:
            raise ValueError("drawing")
        for page in source.pages:
            _bare(page)
        made.pages.extend(source.pages)
        made.remove_unreferenced_resources()
        made.save(target)
        sizes = [_size(page) for page in made.pages]
    _try(target, len(sizes))
    return sizes


def _hides_layers(source: Any) -> bool:
    """Pages alone would show what its catalogue hides."""
    shown = source.Root.get("/OCProperties", {}).get("/D", {})
    return len(shown.get("/OFF", [])) > 0 or str(shown.get("/BaseState", "/ON")) != "/ON"


def _unpacked(page: Any) -> int:
    contents = page.obj.get("/Contents")
    streams = contents if contents is not None and contents._type_name == "array" else [contents]  # noqa: SLF001
    return sum(len(stream.read_bytes()) for stream in streams if stream is not None)


def _bare(page: Any) -> None:
    """Keep what is drawn. Actions, scripts and files are reached by everything else."""
    found = {name: _inherited(page.obj, name) for name in _INHERITED}
    for name in [name for name in page.obj.keys() if name not in _DRAWN]:  # noqa: SIM118 - no mapping
        if name != "/Parent":
            del page.obj[name]
    for name, value in found.items():
        if value is not None:
            page.obj[name] = value


def _inherited(node: Any, name: str) -> Any:
    for _ in range(50):
        if name in node:
            return node[name]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def _size(page: Any) -> Size:
    left, bottom, right, top = (float(edge) for edge in page.cropbox)
    width, height = abs(right - left), abs(top - bottom)
    if min(width, height) < 1:
        raise ValueError("size")
    turned = int(page.obj.get("/Rotate", 0)) % 180 != 0
    return (height, width) if turned else (width, height)


def _try(target: Path, pages: int) -> None:
    """Set it once: a document that Typst refuses would take all the letters of a batch with it."""
    import typst  # noqa: PLC0415 - last, when the rest is sound

    trial = target.with_suffix(".trial.typ")
    trial.write_text(_TRIAL.format(pages=pages, name=target.name), encoding="utf-8")
    try:
        typst.compile(trial, root=target.parent, ignore_system_fonts=True, format="pdf")
    finally:
        trial.unlink()


def painted(content: bytes, target: Path) -> list[Size]:
    """Write a picture anew, upright and no finer than paper; return its size."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - a PDF needs none of it

    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as source:
        if source.width * source.height > MOST_PIXELS:
            raise ValueError("pixels")
        upright = ImageOps.exif_transpose(source).convert("RGBA")
    # As on paper: what is not covered is white.
    made = Image.new("RGB", upright.size, "white")
    made.paste(upright, mask=upright.getchannel("A"))
    made.thumbnail(_PRINTED if made.height >= made.width else _PRINTED[::-1])
    made.save(target, "JPEG", quality=88) if target.suffix == ".jpg" else made.save(target, "PNG")
    return [(float(made.width), float(made.height))]


def main(kind: str, target: Path) -> int:
    content = sys.stdin.buffer.read()
    try:
        sizes = drawn(content, target) if kind == "application/pdf" else painted(content, target)
    except Exception as exc:  # noqa: BLE001 - whatever a hostile document raises, it is not printed
        # The error's own text may quote the document.
        sys.stderr.write(type(exc).__name__)
        return 1
    sys.stdout.write(json.dumps(sizes))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
