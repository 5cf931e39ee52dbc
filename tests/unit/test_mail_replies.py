"""Replies: the new text, separated from the quoted original."""

from __future__ import annotations

import time
from base64 import encodebytes
from typing import Final

import pytest
from msgspec import structs

from hub.contact_rules.opt_out_words import Command, OptWish, command
from hub.inbound.files import MOST, with_judged
from hub.inbound.mail.quoting import LONGEST, newly_written
from hub.model import Reply
from hub.policy import load_policy
from tests.unit.letters import AT, BOUNCES, ID, REPLIES, answer, complaint, dsn, group, meaning

RULES: Final = load_policy().documents
PDF: Final = b"%PDF-1.7\n1 0 obj\n%%EOF\n"
JPEG: Final = b"\xff\xd8\xff\xe0\x00\x02\xff\xda\x00\x02"
JPEG_END: Final = b"\xff\xd9"


def reply(content: str | bytes, *, to: str = REPLIES, sender: str = "maria@example.co") -> Reply:
    found = meaning(content, to=to, sender=sender)
    assert isinstance(found, Reply)
    return found


@pytest.mark.parametrize("to", [REPLIES, BOUNCES])
def test_reply_has_its_new_text_and_the_answered_message(to: str) -> None:
    expected = Reply(
        channel="email",
        provider="smtp",
        reference="<abc@mail.example.co>",
        address="maria@example.co",
        text="Sí, el martes.",
        at=AT,
        subject="Re: Radicado PQ-1",
        message_id=ID,
        in_reply_to="<x@hub.example>",
        authentic=False,
    )

    assert expected == reply(answer("Sí, el martes.", headers="In-Reply-To: <x@hub.example>\n"), to=to)


def test_without_a_message_id_the_same_bytes_are_the_same_reply() -> None:
    mails = [f"From: a@b.co\n\n{text}\n" for text in ("uno", "uno", "dos")]
    first, again, other = (reply(mail).reference for mail in mails)

    assert first == again != other


def test_without_a_from_the_envelope_says_who_wrote() -> None:
    assert "maria@example.co" == reply("Subject: x\n\nHola\n").address


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied (vacation)\n",
        "Auto-Submitted: auto-generated; x=y\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: x\n",
        "Precedence: auto_reply\n",
        "Precedence: Bulk\n",
        "Precedence: junk\n",
        "List-Id: Vecinos <vecinos.example.co>\n",
        "List-Post: <mailto:vecinos@example.co>\n",
    ],
)
def test_what_a_machine_wrote_is_automatic(headers: str) -> None:
    assert reply(answer("Estoy de vacaciones.", headers=headers)).automatic


def test_a_robots_envelope_and_an_absence_are_automatic_and_a_person_is_not() -> None:
    away = answer("Vuelvo el lunes.").replace("Re: Radicado PQ-1", "=?utf-8?q?Respuesta_autom=C3=A1tica?=: x")

    assert reply(away).automatic
    assert reply(answer("Hola"), sender="").automatic
    assert not reply(answer("Hola", headers="Auto-Submitted: no\n")).automatic


@pytest.mark.parametrize(
    "local",
    ["noreply", "No-Reply", "no_reply+1", "donotreply", "do-not-reply", "noresponder", "no.contestar-x"],
)
def test_reply_from_a_no_reply_address_is_automatic(local: str) -> None:
    mail = answer("Su solicitud fue recibida.").replace("maria@", f"{local}@")

    assert reply(mail).automatic


@pytest.mark.parametrize("local", ["noreplyes", "nora.reply", "donato", "noe.responde"])
def test_name_similar_to_no_reply_is_a_person(local: str) -> None:
    assert not reply(answer("Hola").replace("maria@", f"{local}@")).automatic


@pytest.mark.parametrize(
    "subject", ["Paquete no entregado", "Re: Su envío fue devuelto", "Undelivered parcel"]
)
def test_person_can_write_about_undelivered_things(subject: str) -> None:
    mail = answer("Sigo esperando; son 550 mil.").replace("Re: Radicado PQ-1", subject)

    assert "Sigo esperando; son 550 mil." == reply(mail).text


@pytest.mark.parametrize("report", [dsn(group("failed", "5.1.1")), complaint()])
def test_a_person_may_attach_a_report_that_he_has_received(report: str) -> None:
    mail = answer(
        "--M\nContent-Type: text/plain\n\nNo entiendo este error.\n"
        f"--M\nContent-Type: message/rfc822\n\n{report}\n--M--",
        kind="multipart/mixed; boundary=M",
    )

    assert "No entiendo este error." == reply(mail).text


def test_text_of_an_attached_mail_is_not_the_reply() -> None:
    forwarded = "Subject: viejo\nContent-Type: text/plain\n\nPalabras de otro."
    mail = answer(
        "--M\nContent-Type: text/html\n\n<p>Vea lo adjunto.</p>\n"
        f"--M\nContent-Type: message/rfc822\n\n{forwarded}\n--M--",
        kind="multipart/mixed; boundary=M",
    )

    assert "Vea lo adjunto." == reply(mail).text
    assert "Palabras de otro." == reply(mail.replace("text/html", "image/png")).text


@pytest.mark.parametrize("body", ["<p>BAJA</p>", "<div>Baja</div><br><div>Enviado desde mi iPhone</div>"])
def test_opt_out_word_is_read_in_html(body: str) -> None:
    quote = "<blockquote>El 9/03/26, Hub escribió: escriba SALIR</blockquote>"
    text = reply(answer(body + quote, kind="text/html; charset=utf-8")).text

    assert Command(OptWish.OUT, alone=True) == command(text)


def test_html_is_read_as_its_lines_and_the_quote_goes() -> None:
    html = (
        "<html><head><style>p{}</style><title>x</title></head><body><p>Sí,&nbsp;el <b>martes</b>.</p>"
        "<div>Gracias</div><div class=gmail_quote>El lun, 9 mar 2026, Hub escribió:<br>"
        "<blockquote>Su <i>radicado</i></blockquote></div></body></html>"
    )

    assert "Sí, el martes.\n\nGracias" == reply(answer(html, kind="text/html; charset=utf-8")).text


def test_the_plain_part_is_preferred_and_attachments_are_not_words() -> None:
    mail = answer(
        "--B\nContent-Type: text/plain\nContent-Disposition: attachment\n\nadjunto\n"
        "--B\nContent-Type: text/html\n\n<p>html</p>\n"
        "--B\nContent-Type: text/plain; charset=latin-1\n"
        "Content-Transfer-Encoding: quoted-printable\n\ns=ED\n--B--",
        kind="multipart/mixed; boundary=B",
    )

    assert "sí" == reply(mail).text


@pytest.mark.parametrize("charset", ["no-such", "idna", "punycode", "hex", "undefined", "utf-16", '"\0"'])
def test_unknown_charset_refuses_no_mail(charset: str) -> None:
    assert reply(answer("Hola " * 100, kind=f"text/plain; charset={charset}")).text


def test_characters_that_cannot_be_stored_are_removed() -> None:
    found = reply(b"From: a@b.co\r\nSubject: =?utf-8?q?a=00b?= \xff\r\n\r\nHo\0la \xff\r\n")

    assert "Hola �" == found.text
    for text in (found.text, found.subject, found.address, found.reference):
        assert "\0" not in text
        assert text.encode()


ORIGINAL = "> Su radicado es PQ-1\n> Gracias\n"


@pytest.mark.parametrize(
    "quote",
    [
        f"El lun, 9 mar 2026 a las 8:05, COPROSERVICIOS (<r+x@y.co>) escribió:\n\n{ORIGINAL}",
        f"El lun, 9 mar 2026 a las 8:05, COPROSERVICIOS\n(<r+x@y.co>) escribió:\n\n{ORIGINAL}",
        f"El 9/03/26 a las 8:05, Hub escribió:\n{ORIGINAL}",
        f"On Mon, Mar 9, 2026 at 8:05 AM Hub <r+x@y.co>\nwrote:\n\n{ORIGINAL}",
        "-----Mensaje original-----\nDe: Hub <x@y.co>\nAsunto: x\n\nSu radicado",
        "---------- Forwarded message ---------\nSu radicado",
        "De: Hub <x@y.co>\nEnviado: lunes, 9 de marzo de 2026 8:05\nPara: María\nAsunto: x\n\nSu radicado",
        "From: Hub <x@y.co>\nSent: Monday\nTo: María\nSubject: x\n\nSu radicado",
        ORIGINAL,
    ],
)
def test_the_quoted_original_is_cut(quote: str) -> None:
    assert "No puedo ese día.\n\nMaría" == newly_written(f"No puedo ese día.\n\nMaría\n\n{quote}")


def test_answer_below_or_inside_the_quote_is_kept() -> None:
    head = "El 9/03/26 a las 8:05, Hub escribió:"

    assert "Sí, gracias." == newly_written(f"{head}\n{ORIGINAL}\nSí, gracias.\n")
    assert "Uno.\nDos." == newly_written(f"{head}\n> ¿uno?\nUno.\n> ¿dos?\nDos.\n")


@pytest.mark.parametrize(
    "text",
    [
        "El martes sí, Juan escribió una nota.",
        "Juan escribió:\nno vengan",
        "De: la portería\nA: la terraza, el ruido no para",
        "- uno\n- dos",
    ],
)
def test_a_sentence_that_looks_like_a_quote_stays(text: str) -> None:
    assert text == newly_written(text)


def test_text_is_never_lost_to_a_guess_and_has_a_limit() -> None:
    assert ORIGINAL.strip() == newly_written(ORIGINAL)
    assert LONGEST == len(newly_written("a" * 3 * LONGEST))


@pytest.mark.parametrize(
    "line",
    [" ", ">", "\n", "El ", "On 1 ", "De: ", "-", "_", "a:\n", "El 1\n", "<", "<p>", "<!--", "&#1;", "<a "],
)
def test_no_mail_takes_long(line: str) -> None:
    text = line * (200_000 // len(line))
    began = time.thread_time()
    for kind in ("text/plain", "text/html"):
        reply(answer(text, kind=kind))

    assert time.thread_time() - began < 5


def mail_with(*parts: str) -> str:
    head = "From: a@b.co\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nMire la pared.\n"
    return head + "".join(f"--B\n{part}\n" for part in parts) + "--B--\n"


def part_of(
    content: bytes, *, kind: str = "image/jpeg", as_: str = "attachment; filename=pared-1.jpg"
) -> str:
    encoded = encodebytes(content).decode()
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: base64\nContent-Disposition: {as_}\n\n{encoded}"


def test_whole_documents_and_photos_are_kept_whatever_their_mail_calls_them() -> None:
    """Attached, or between the words, as Apple Mail writes a photo; the logo of a signature is no file."""
    photo, logo = JPEG + bytes(20_000) + JPEG_END, JPEG + bytes(100) + JPEG_END
    mail = reply(
        mail_with(
            part_of(
                PDF, kind="application/octet-stream", as_='attachment; filename="=?utf-8?q?ba=C3=B1o.pdf?="'
            ),
            part_of(photo, as_="inline; filename=IMG_1.jpg"),
            part_of(logo, as_="inline; filename=logo.jpg"),
        )
    )
    kept = with_judged(mail, RULES)

    assert [("baño.pdf", PDF), ("IMG_1.jpg", photo)] == [(file.name, file.content) for file in mail.files]
    assert ["application/pdf", "image/jpeg"] == [file.kind for file in kept.files]
    assert "Mire la pared." == kept.text


def test_files_that_are_not_kept_are_named_under_the_words() -> None:
    """Whoever answers must know that there were some: so they can ask for them."""
    page = part_of(b"<html><script>alert(1)</script></html>", as_="attachment; filename=foto.jpg")
    cut = part_of(PDF[:-4], as_="attachment; filename=medio.pdf")
    two, twelve = (
        with_judged(reply(mail_with(*parts)), RULES) for parts in ((page, cut), [part_of(PDF)] * 17)
    )
    large = with_judged(reply(mail_with(part_of(PDF))), structs.replace(RULES, max_bytes=5))

    assert "Mire la pared.\n\n[archivos sin guardar: foto.jpg, medio.pdf]" == two.text
    assert [("wrong_type", b"")] * 2 == [(file.refused, file.content) for file in two.files]
    assert [""] * MOST + ["too_many"] * 7 == [file.refused for file in twelve.files]
    assert twelve.text.endswith("pared-1.jpg y 2 más]")
    assert ["too_large"] == [file.refused for file in large.files]


def test_what_a_machine_attaches_is_not_kept() -> None:
    mail = mail_with(part_of(PDF)).replace("From:", "Auto-Submitted: auto-replied\nFrom:")

    assert () == reply(mail).files
