"""Documents as publishers send them: sound ones, broken ones, hostile ones."""

from __future__ import annotations

import io
import zlib
from typing import Any

import typst
from pikepdf import Array, Dictionary, Encryption, Name, Pdf, Stream
from PIL import Image


def pdf_of(*pages: str, width: str = "210mm", height: str = "297mm") -> bytes:
    """A PDF with a page for each text."""
    text = "\n#pagebreak()\n".join(pages)
    made = typst.compile(
        f"#set page(width: {width}, height: {height})\n{text}".encode(),
        format="pdf",
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes)
    return made


def changed(content: bytes, change: Any, **saving: Any) -> bytes:
    """The PDF after `change(pdf)`."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        saved = io.BytesIO()
        pdf.save(saved, **saving)
    return saved.getvalue()


def encrypted(content: bytes, user: str) -> bytes:
    return changed(content, lambda _: None, encryption=Encryption(owner="dueño", user=user))


def acting(content: bytes) -> bytes:
    """A PDF that runs scripts, starts programs and brings a file along, by every way that there is."""
    script = Dictionary(S=Name.JavaScript, JS="app.alert('hola')")

    def act(pdf: Pdf) -> None:
        pdf.Root.OpenAction = script
        pdf.Root.AA = Dictionary(WC=script)
        pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array(["x", script])))
        pdf.attachments["programa.exe"] = b"MZ"
        page = pdf.pages[0]
        page.obj.AA = Dictionary(O=script)
        launch = Dictionary(S=Name.Launch, F="programa.exe")
        page.obj.Annots = Array(
            [Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=launch, AA=script)]
        )

    return changed(content, act)


def signed(content: bytes, words: str) -> bytes:
    """A PDF with a visible signature, which is the look of a field and not on the page."""

    def sign(pdf: Pdf) -> None:
        look = Stream(pdf, f"BT /F1 12 Tf 10 10 Td ({words}) Tj ET".encode())
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 40])
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        look.Resources = Dictionary(Font=Dictionary(F1=font))
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Sig,
                T="firma",
                F=4,
                Rect=Array([100, 100, 400, 140]),
                AP=Dictionary(N=pdf.make_indirect(look)),
            )
        )
        pdf.pages[0].obj.Annots = Array([field])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return changed(content, sign)


def bomb(content: bytes, size: int) -> bytes:
    """A small PDF with a page whose drawing unpacks to `size` bytes, packed twice."""

    def pack(pdf: Pdf) -> None:
        packer = zlib.compressobj(1)
        once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)) + packer.flush()
        stream = Stream(pdf, zlib.compress(once, 9))
        stream.Filter = Array([Name.FlateDecode, Name.FlateDecode])
        pdf.pages[0].obj.Contents = pdf.make_indirect(stream)

    return changed(content, pack, compress_streams=False)


def many_pages(content: bytes, count: int) -> bytes:
    def repeat(pdf: Pdf) -> None:
        for _ in range(count - 1):
            pdf.pages.append(pdf.pages[0])

    return changed(content, repeat)


def inheriting(content: bytes) -> bytes:
    """A PDF whose pages have their size, their fonts and their turn from the node above them."""

    def lift(pdf: Pdf) -> None:
        page, above = pdf.pages[0].obj, pdf.Root.Pages
        for name in ("/MediaBox", "/Resources"):
            above[name] = page[name]
            del page[name]
        above["/Rotate"] = 90

    return changed(content, lift)


def layered(content: bytes) -> bytes:
    """A PDF with a layer that its reader does not show."""

    def hide(pdf: Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Borrador"))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))

    return changed(content, hide)


def picture(
    kind: str, width: int = 40, height: int = 30, *, turned: bool = False, mode: str = "RGB"
) -> bytes:
    saved = io.BytesIO()
    exif = Image.Exif()
    if turned:
        exif[0x0112] = 6
    Image.new(mode, (width, height), "red").save(saved, kind, exif=exif)
    return saved.getvalue()
