"""The results of an event's messages, in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from hub.channels.registry import NAMES
from hub.model import Attempt, MarkEntry, MarkReason, Purpose, Role, State
from hub.model.contact_facts import LastContact
from hub.model.reached import FILE
from hub.operations.explain.messages import BY, delivered_at, sentences
from hub.operations.explain.sentences_es import ROLES, reason, tower
from hub.operations.explain.verdict import ExplainOutcome, judge
from hub.ports import ExplainFacts, SentMessage
from hub.rendering import outcomes_es
from hub.rendering.outcomes_es import TO_DO
from hub.rendering.titles_es import EVENTS
from tests.unit.factories import HOUR, MINUTE, MONDAY, event, message, stored

ADDRESS = "m***@e***.co"
AT_805 = "el lunes 9 de marzo de 2026 a las 8:05 a. m."


def sent(state: State, *attempts: Attempt, **fields: Any) -> SentMessage:
    return SentMessage(message=message(state=state, **{"address": ADDRESS, **fields}), attempts=attempts)


def tried(outcome: str, minutes: int = 0, **fields: Any) -> Attempt:
    return Attempt(message_id=UUID(int=1), at=MONDAY + minutes * MINUTE, outcome=outcome, **fields)


ACCEPTED = tried("accepted", provider="smtp", code="250")
FILED = sent(State.SENT, tried("accepted", provider=FILE))
LETTER = sent(State.SENT, tried("accepted", provider="hub"), channel="print", address="")
GUIDES = [
    tried("sent", minutes, provider="hub", code="posted", reference=guide)
    for minutes, guide in ((1, "RA-1"), (2, "RA-2"))
]
POSTED = sent(State.SENT, *LETTER.attempts, *GUIDES, channel="print", address="")
HANDED_OVER = sent(
    State.DELIVERED,
    *POSTED.attempts,
    tried("delivered", 3, provider="hub", code="handed_over", reference="id"),
    channel="print",
    address="",
)
BY_POST = "Se envió por correo certificado el lunes 9 de marzo de 2026 a las 8:07 a. m., guía RA-2."


def says(message: SentMessage, *expected: str) -> tuple[SentMessage, list[str]]:
    return message, list(expected)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        says(sent(State.SENT, ACCEPTED), f"Por correo a {ADDRESS}: enviado {AT_805}"),
        says(FILED, f"Por correo a {ADDRESS}: quedó en un archivo del centro: nadie lo recibió."),
        says(
            LETTER,
            f"Por carta: está hecha desde {AT_805}: "
            "falta entregarla; entregada, pida a operaciones que lo registre.",
        ),
        says(
            POSTED,
            f"Por carta: está hecha desde {AT_805}: va por correo certificado; "
            "cuando conste que llegó, pida a operaciones que lo registre.",
            BY_POST,
        ),
        says(HANDED_OVER, f"Por carta: enviado {AT_805}, entregado a las 8:08 a. m.", BY_POST),
        says(
            sent(State.DELIVERED, ACCEPTED, tried("delivered", 2)),
            f"Por correo a {ADDRESS}: enviado {AT_805}, entregado a las 8:07 a. m.",
        ),
        says(
            sent(State.READ, ACCEPTED, tried("delivered", 2), tried("read", 24 * 60)),
            f"Por correo a {ADDRESS}: enviado {AT_805}, entregado a las 8:07 a. m., "
            "leído el martes 10 de marzo de 2026 a las 8:05 a. m.",
        ),
        says(
            sent(State.WAITING, ACCEPTED, channel="inbox", address=""),
            f"En su bandeja: está desde {AT_805}; todavía no la ha leído.",
        ),
        says(
            sent(State.READ, ACCEPTED, tried("read", 2), channel="inbox", address=""),
            f"En su bandeja: enviado {AT_805}, leído a las 8:07 a. m.",
        ),
        says(sent(State.QUEUED), f"Por correo a {ADDRESS}: está por salir."),
        says(sent(State.SENDING), f"Por correo a {ADDRESS}: se está enviando ahora."),
        says(
            sent(State.HELD, next_at=MONDAY + HOUR, reason="contact_hours"),
            f"Por correo a {ADDRESS}: espera hasta el lunes 9 de marzo de 2026 a las 9:05 a. m. "
            "Fuera del horario permitido; saldrá en la próxima franja.",
        ),
        says(
            sent(State.HELD, next_at=MONDAY + HOUR, reason="scheduled", occasion="reminder:T-24h"),
            f"Recordatorio por correo a {ADDRESS}: saldrá el lunes 9 de marzo de 2026 a las 9:05 a. m.",
        ),
        says(
            sent(State.HELD, reason="paused"),
            f"Por correo a {ADDRESS}: está en espera. "
            "Un operador tiene en pausa el canal, el aviso o todo; saldrá cuando lo reanude.",
            "Qué hacer: cuando deba salir, pida a operaciones que lo reanude.",
        ),
        says(
            sent(
                State.RETRYING,
                tried("transient", provider="twilio", code="30003"),
                next_at=MONDAY + HOUR,
                reason="unreachable_handset",
                channel="sms",
                address="+57 *** *** 4567",
            ),
            "Por SMS a +57 *** *** 4567: se intenta de nuevo "
            "el lunes 9 de marzo de 2026 a las 9:05 a. m. "
            "El teléfono está apagado o sin señal.",
            "Intento 1, 9 mar 2026, 8:05 a. m.: no se pudo; se intenta de nuevo (twilio, 30003).",
        ),
        says(
            sent(State.SENT, tried("transient", provider="smtp", code="451"), tried("accepted", 5)),
            f"Por correo a {ADDRESS}: enviado el lunes 9 de marzo de 2026 a las 8:10 a. m.",
            "Intento 1, 9 mar 2026, 8:05 a. m.: no se pudo; se intenta de nuevo (smtp, 451).",
            "Intento 2, 9 mar 2026, 8:10 a. m.: aceptado por el proveedor.",
        ),
        says(
            sent(State.SUPPRESSED, reason="no_contact", address=""),
            "Por correo: no se envió. La persona no tiene un dato de contacto que sirva para este canal.",
            "Qué hacer: registre un correo o un celular de la persona y pida a operaciones que lo reenvíe.",
        ),
        says(
            sent(State.FAILED, tried("permanent", provider="smtp"), reason="smtp_550_5.1.1"),
            f"Por correo a {ADDRESS}: falló. La dirección de correo no existe.",
            "Intento 1, 9 mar 2026, 8:05 a. m.: rechazado (smtp).",
            "Qué hacer: cuando la causa esté resuelta, hay que reenviarlo.",
        ),
        says(
            sent(State.EXPIRED, reason="too_old"),
            f"Por correo a {ADDRESS}: se venció. Llegó cuando ya no servía avisar.",
            f"Qué hacer: {TO_DO['too_old'].words}.",
        ),
        says(
            sent(State.CANCELLED, reason="reached"),
            f"Por correo a {ADDRESS}: se canceló. El aviso anterior sí le llegó; este ya no hacía falta.",
        ),
        says(
            sent(State.DELIVERED),
            f"Por correo a {ADDRESS}: no cuadra. Lo guardado dice «Entregado», y sus intentos "
            "no lo dicen: pida que comprueben lo guardado.",
        ),
    ],
    ids=lambda value: str(value.message.state) if isinstance(value, SentMessage) else "",
)
def test_message_is_explained_by_its_state(message: SentMessage, expected: list[str]) -> None:
    assert expected == list(sentences(message))


@pytest.mark.parametrize(
    ("messages", "outcome", "opening"),
    [
        (
            [sent(State.DELIVERED, ACCEPTED, tried("delivered", 2)), sent(State.FAILED)],
            ExplainOutcome.NOTIFIED,
            "Sí, fue avisada.",
        ),
        (
            [sent(State.SENT, ACCEPTED), sent(State.SENT, ACCEPTED, channel="sms"), sent(State.QUEUED)],
            ExplainOutcome.SENT,
            "Se le envió por correo y por SMS; no consta que llegara.",
        ),
        (
            [sent(State.DELIVERED, channel="print"), sent(State.FAILED)],
            ExplainOutcome.NOT_REACHED,
            "No se sabe: lo guardado no cuadra con lo que dicen los intentos.",
        ),
        (
            [sent(State.QUEUED), sent(State.FAILED)],
            ExplainOutcome.PENDING,
            "Todavía no: el mensaje está en camino.",
        ),
        (
            [sent(State.SUPPRESSED, reason="no_contact"), sent(State.EXPIRED)],
            ExplainOutcome.NOT_REACHED,
            "No: se le quiso avisar y no se pudo.",
        ),
        ([LETTER, sent(State.BOUNCED)], ExplainOutcome.PENDING, "Todavía no: el mensaje está en camino."),
        ([FILED], ExplainOutcome.NOT_REACHED, "No: se le quiso avisar y no se pudo."),
        (
            [sent(State.WAITING, ACCEPTED, channel="inbox"), sent(State.FAILED)],
            ExplainOutcome.PENDING,
            "Está en su bandeja; todavía no la ha leído.",
        ),
    ],
    ids=[
        "told",
        "sent and not confirmed",
        "a state without its attempt",
        "pending",
        "not reached",
        "a letter that nobody has handed over",
        "a file",
        "unread",
    ],
)
def test_the_best_of_the_messages_decides(
    messages: list[SentMessage], outcome: ExplainOutcome, opening: str
) -> None:
    verdict = judge(ExplainFacts(event=stored(event("pqrs.received")), person="p-1", messages=messages))

    assert (outcome, opening) == (verdict.outcome, verdict.sentences[1])
    assert "PQRS recibida, el lunes 9 de marzo de 2026 a las 8:05 a. m." == verdict.sentences[0]
    assert verdict.reason == reason_of(outcome, messages)


def reason_of(outcome: ExplainOutcome, messages: list[SentMessage]) -> str | None:
    if messages[0].message.state is State.DELIVERED and outcome is ExplainOutcome.NOT_REACHED:
        return "wrong_state"
    gone = outcome in (ExplainOutcome.NOTIFIED, ExplainOutcome.SENT)
    return None if gone else messages[0].message.reason


def test_pending_reason_is_what_holds_the_message_not_earlier_losses() -> None:
    messages = [sent(State.FAILED, reason="bad_address"), sent(State.HELD, reason="contact_hours")]
    verdict = judge(ExplainFacts(event=stored(event("pqrs.received")), person="p-1", messages=messages))

    assert (ExplainOutcome.PENDING, "contact_hours") == (verdict.outcome, verdict.reason)


@pytest.mark.parametrize(
    ("reasons", "opening"),
    [
        (("ended",), "No hizo falta: lo que avisaba ya había terminado, o ya estaba pagado."),
        (("recalled", "ended"), "No: el aviso se retiró antes de que saliera."),
        (("repeated",), "No se repitió: minutos antes se le había enviado lo mismo."),
        (("not_wanted",), "No: la persona pidió no recibir estos mensajes."),
        (("too_old",), "No: el aviso llegó cuando ya no servía avisar."),
        (("contact_limit",), "No: la ley limita los contactos, y su turno no llegó a tiempo."),
        (("late_letter",), "No: una carta se habría leído después de la fecha."),
        (("not_allowed_here",), "No: el centro está en prueba, y la persona no está en su lista."),
        (("ended", "timeout"), "No: se le quiso avisar y no se pudo."),
        ((None,), "No: se le quiso avisar y no se pudo."),
    ],
)
def test_opening_says_that_something_failed_only_where_it_did(reasons: tuple[str, ...], opening: str) -> None:
    messages = [sent(State.CANCELLED, reason=reason) for reason in reasons]
    verdict = judge(ExplainFacts(event=stored(event("pqrs.received")), person="p-1", messages=messages))

    assert (ExplainOutcome.NOT_REACHED, opening) == (verdict.outcome, verdict.sentences[1])


def test_reminder_of_a_person_who_has_opted_out_will_not_leave() -> None:
    reminder = sent(State.HELD, reason="scheduled", next_at=MONDAY + HOUR, occasion="reminder:T-24h")
    said = explained(replace(reminder, refused="opted_out"))

    assert said[:2] == [
        "Todavía no, y lo que espera no saldrá mientras siga así.",
        (
            f"Recordatorio por correo a {ADDRESS}: espera hasta el lunes 9 de marzo de 2026 "
            "a las 9:05 a. m., y no saldrá mientras siga así. La persona pidió no recibir mensajes."
        ),
    ]


LAPSED = sent(State.EXPIRED, reason="too_old", purpose=Purpose.TRANSACTIONAL)
APOLOGY = sent(State.SENT, ACCEPTED, event="pqrs.escalated", address="")


def explained(message: SentMessage) -> list[str]:
    facts = ExplainFacts(event=stored(event("pqrs.received")), person="p-1", messages=[message])
    return list(judge(facts).sentences)[1:]


def test_channels_that_consents_close_are_named_with_the_reason() -> None:
    skipped = ("email:not_consented", "push:complaint", "whatsapp:not_configured")
    by_text = explained(sent(State.QUEUED, channel="sms", skipped=skipped))
    nobody = explained(
        sent(State.SUPPRESSED, reason="not_consented", skipped=("email:not_consented", "sms:not_consented"))
    )

    assert [
        "Por correo no: la persona no ha autorizado estos mensajes, o no por este canal.",
        "Por notificación al celular no: la persona marcó un mensaje como no deseado.",
    ] == by_text[-2:]
    assert [] == [sentence for sentence in nobody if " no: " in sentence], "the message says it itself"


def test_expired_acknowledgement_names_what_was_said_later_and_asks_for_no_new_event() -> None:
    about = EVENTS["pqrs.escalated"]

    assert [
        "Este aviso no le llegó; se le escribió después sobre el mismo caso.",
        f"Por correo a {ADDRESS}: se venció. Llegó cuando ya no servía avisar.",
        f"Se le escribió después sobre el mismo caso: «{about}», por correo, enviado {AT_805}",
    ] == explained(replace(LAPSED, later=APOLOGY, case_open=True))


def test_expired_acknowledgement_of_an_open_case_asks_to_reach_the_person() -> None:
    assert [
        "El caso sigue abierto, y no consta que se le haya escrito después.",
        "Qué hacer: comuníquese con la persona y responda el caso; un aviso nuevo abriría otro.",
    ] == explained(replace(LAPSED, case_open=True))[2:]


def test_accepted_message_is_not_called_delivered() -> None:
    assert delivered_at(sent(State.SENT, ACCEPTED)) is None
    assert delivered_at(sent(State.DELIVERED, ACCEPTED)) is None
    assert MONDAY == delivered_at(sent(State.DELIVERED, ACCEPTED, tried("delivered")))


def test_there_is_a_word_for_every_channel_and_every_role() -> None:
    assert set(NAMES) <= set(BY)
    assert set(ROLES) == {role.value for role in Role}


def test_advice_exists_only_for_known_reasons() -> None:
    assert set(TO_DO) <= set(outcomes_es.REASONS)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("smtp_550_5.1.1", "La dirección de correo no existe."),
        ("http_503", "El proveedor tiene una falla."),
        ("unheard_of", "Motivo: unheard_of."),
        (None, ""),
    ],
)
def test_a_reason_is_put_into_words(code: str | None, expected: str) -> None:
    assert expected == reason(code)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("3", "la Torre 3"), ("B", "la Torre B"), ("Torre 3", "la Torre 3"), ("Bloque A", "el Bloque A")],
)
def test_a_tower_has_its_article(name: str, expected: str) -> None:
    assert expected == tower(name)


def waits_for_limit(channel: str, *contacts: LastContact) -> SentMessage:
    held = sent(State.HELD, channel=channel, reason="contact_limit", next_at=MONDAY + 24 * HOUR)
    return replace(held, contacts=contacts)


@pytest.mark.parametrize(
    ("channel", "purpose", "because"),
    [
        ("sms", "collection", ", por cobro: la ley solo permite un contacto al día."),
        ("email", "commercial", ", por publicidad: la ley solo permite un medio por semana."),
        ("email", "", ": la ley solo permite un medio por semana."),
    ],
)
def test_what_waits_for_the_limit_says_until_when_and_for_which_contact(
    channel: str, purpose: str, because: str
) -> None:
    contact = LastContact(day=MONDAY.date(), channel="sms", purpose=purpose)
    [said] = sentences(waits_for_limit(channel, contact))

    assert "espera hasta el martes 10 de marzo de 2026 a las 8:05 a. m." in said
    assert f"Ya se le contactó el lunes 9 de marzo de 2026 por SMS{because}" in said


def test_what_waits_for_a_contact_that_is_forgotten_still_says_why() -> None:
    [said] = sentences(waits_for_limit("sms"))

    assert "La ley solo permite un contacto al día y un canal por semana; espera su turno." in said


def marked(reason: MarkReason, **fields: Any) -> MarkEntry:
    by = {"id": UUID(int=1), "person": "p-1", "by": "ana", "since": MONDAY}
    return MarkEntry(**{**by, "reason": reason, **fields})


@pytest.mark.parametrize(
    ("mark", "purpose", "said"),
    [
        (marked(MarkReason.DECEASED), Purpose.LEGAL, True),
        (marked(MarkReason.PROTECTED_ADDRESS), Purpose.SERVICE, True),
        (marked(MarkReason.PROTECTED_ADDRESS), Purpose.LEGAL, False),
        (marked(MarkReason.CONTESTED_ACCOUNT, until=MONDAY + MINUTE), Purpose.SERVICE, False),
        (marked(MarkReason.DECEASED, ended_at=MONDAY), Purpose.SERVICE, False),
    ],
)
def test_mark_is_named_while_what_it_will_stop_still_waits(
    mark: MarkEntry, purpose: Purpose, said: bool
) -> None:
    waits = sent(State.HELD, reason="scheduled", next_at=MONDAY + HOUR, purpose=purpose)
    facts = ExplainFacts(event=stored(event("pqrs.received")), person="p-1", messages=[waits], marks=[mark])
    text = " ".join(judge(facts).sentences)

    assert said is ("Está marcada «no contactar»" in text)
    assert said is ("Lo que espera no saldrá mientras siga la marca." in text)
