"""`hub template check`: its findings and their places; the built-in texts have none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from hub.catalog import BY_NAME
from hub.cli.main import app
from hub.cloudevents.schemas import Schemas
from hub.model import Json, Rendered
from hub.operations.template_check import Finding, TemplateCheck, letters_by_hand, trials_of
from hub.rendering import Templates, Texting
from hub.rendering.claims import claims, unproven
from hub.rendering.contrast import contrast
from hub.rendering.lint import judge, judge_source, length
from hub.rendering.mail_contrast import low_contrast
from hub.rendering.templates import BUILT_IN
from hub.rendering.texting import BUILT_IN as BUILT_IN_TEXTING
from tests.unit.test_templates import COMPANY, DUE, POLICY, SPEAKING, schema

TRIALS: Final = trials_of(Schemas.load().by_name)
EVENT: Final = "pqrs.reopened"
ROOT: Final = Path(__file__).parents[2]
ASKED_OF_ROWS: Final[Mapping[str, set[str]]] = {
    "outcomes_es.py": {"se le envió", "ha dicho", "ha escrito"},  # what a row's own state and reason say
    "reached_es.py": {"Se le envió", "se le envió", "había enviado"},
}
SOURCE: Final = (BUILT_IN / "es" / f"{EVENT}.j2").read_text("utf-8")


def test_letters_are_named_whose_document_nothing_prints() -> None:
    templates, schemas = Templates.load(company=COMPANY, clocks=POLICY.clocks), Schemas.load().by_name
    fetched = replace(POLICY.documents, hosts=("portal.example.com",))

    assert [
        "pqrs.responded",
        "admin.minutes.published",
        "admin.financial_report.published",
        "realestate.conflict.resolved",
        "privacy.consent.requested",
        "privacy.query.answered",
        "privacy.claim.answered",
    ] == letters_by_hand(templates, schemas, POLICY.documents)
    assert ["admin.financial_report.published", "privacy.consent.requested"] == letters_by_hand(
        templates, schemas, fetched
    )


def checked(
    folder: Path | None = None, event: str | None = EVENT, texting: Texting = BUILT_IN_TEXTING
) -> list[Finding]:
    templates = Templates.load(
        folder, company=COMPANY, clocks=POLICY.clocks, calendar=POLICY.calendar, texting=texting
    )
    return TemplateCheck(
        templates=templates,
        examples=TRIALS,
        fields={name: frozenset(schema(name)["properties"]) for name in BY_NAME},
        due_of=lambda _event, _example: DUE,
        policy=POLICY,
    ).findings(event)


def own(folder: Path, text: str, name: str = EVENT) -> Path:
    """Return a folder in which this text replaces the built-in one."""
    (folder / "es").mkdir()
    (folder / "es" / f"{name}.j2").write_text(text, "utf-8")
    return folder


def changed(folder: Path, old: str, new: str) -> list[tuple[str, str, str]]:
    """Return rule, block and words of the findings after this change."""
    assert old in SOURCE
    found = checked(own(folder, SOURCE.replace(old, new)))
    return [(one.rule, one.block, one.words) for one in found]


@pytest.mark.parametrize(
    ("event", "block"), [("emergency.updated", "absent_body"), ("pqrs.responded", "board")]
)
def test_own_text_of_before_a_new_audience_or_board_is_found(tmp_path: Path, event: str, block: str) -> None:
    """Its messages would fail as they leave, in the middle of an emergency."""
    text = (BUILT_IN / "es" / f"{event}.j2").read_text("utf-8")
    prefix = block.partition("_")[0]
    older = re.sub(rf"{{% block {prefix}\w* %}}.*?{{% endblock %}}", "", text, flags=re.DOTALL)

    assert [("audience", block, f"es/{event}.j2")] == [
        (one.rule, one.block, one.file) for one in checked(own(tmp_path, older, event), event)
    ]


def test_built_in_texts_have_no_fault_for_any_example_audience_and_channel() -> None:
    assert [] == checked(event=None)
    assert SPEAKING


def test_texts_are_tried_with_each_word_that_a_field_may_have() -> None:
    kinds = {str(example["kind"]) for example in TRIALS["pqrs.received"]}

    assert set(schema("pqrs.received")["properties"]["kind"]["enum"]) == kinds


def test_text_that_fits_only_a_short_name_of_a_building_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "Reabrimos su caso", "Reabrimos en {{ building }} su caso cerrado")

    assert {("length", "subject")} <= {(rule, block) for rule, block, _ in found}


def test_unknown_variable_is_found_also_where_a_default_hides_it(tmp_path: Path) -> None:
    found = changed(tmp_path, "## Qué sigue", '{{ radicdo|default("") }}\n\n## Qué sigue')

    assert [("variable", "body", "radicdo")] == found


def test_variable_that_an_example_lacks_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "> {{ reason }}", "> {{ copropiedad_id }}")

    assert {"render"} == {rule for rule, _, _ in found}
    assert all("copropiedad_id" in words for _, _, words in found)


def test_long_sentence_is_found_with_its_count(tmp_path: Path) -> None:
    long = " ".join(["palabra"] * 21) + "."
    found = changed(tmp_path, "## Qué sigue", f"{long}\n\n## Qué sigue")

    assert ("sentence", "body", long) in found


def test_id_in_a_subject_is_found_and_not_one_in_the_body(tmp_path: Path) -> None:
    subject = "{% block subject %}Reabrimos su caso {{ radicado }}"
    found = changed(tmp_path, subject, "{% block subject %}Reabrimos su caso {{ pqrs_id }}")

    assert [("title_id", "subject", "pqrs_id")] == found


def test_greeting_that_would_call_a_firm_by_its_first_word_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, '{% include "_saludo.j2" %}', "Hola, {{ person.first_name }}:")

    assert {("greeting", "body", "Hola, {{ person.first_name")} == set(found)


def test_link_that_does_not_say_what_it_opens_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "## Qué sigue", "[aquí](https://example.co/a)\n\n## Qué sigue")

    assert [("link", "body", "[aquí](")] == found


def test_bare_address_in_a_mail_and_an_address_in_clear_are_found(tmp_path: Path) -> None:
    found = changed(
        tmp_path, "## Qué sigue", "Lea https://example.co/a y http://example.co/b\n\n## Qué sigue"
    )

    assert ("link", "body", "http://example.co/b") in found
    assert any("https://example.co/a" in words and rule == "link" for rule, _, words in found)


def test_second_segment_of_an_sms_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "{% block sms %}", "{% block sms %}" + "muy largo " * 14)

    assert {("segments", "sms")} <= {(rule, block) for rule, block, _ in found}


def test_acronym_that_is_not_explained_is_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "## Qué sigue", "La SIC lo sabe.\n\n## Qué sigue")

    assert [("acronym", "body", "SIC")] == found
    assert [] == list(
        judge_source("La Superintendencia de Industria y Comercio (SIC) lo sabe. La SIC responde.")
    )


CLAIMS: Final = (
    "Ya le escribimos.",
    "Ya le preguntamos si lo renueva.",
    "Los propietarios también lo recibieron.",
    "Este es el cambio que le habíamos anunciado.",
    "Le avisamos de este caso porque venció.",
    "A los residentes se les dijo la hora.",
    "Los residentes fueron notificados.",
    "Recibimos los documentos que le pedimos.",
    "Ya **le escribimos**, y también _lo_ llamamos.",
    "El consejo recibió este aviso.",
    "Se avisó a los residentes.",
    "La portería ya sabe de su llegada.",
)


@pytest.mark.parametrize("sentence", CLAIMS)
def test_sentence_that_claims_that_somebody_was_told_is_found(tmp_path: Path, sentence: str) -> None:
    found = changed(tmp_path, "## Qué sigue", f"{sentence}\n\n## Qué sigue")

    assert [("claim", "body")] == [(rule, block) for rule, block, _ in found]


def test_claim_in_a_variable_or_after_a_condition_on_a_publishers_word_is_found(tmp_path: Path) -> None:
    text = '{% if radicado %}Ya le escribimos.{% endif %}{{ "Ya los llamamos." }}\n\n## Qué sigue'
    found = changed(tmp_path, "## Qué sigue", text)

    assert {"Ya le escribimos", "Ya los llamamos"} == {words for _, _, words in found}


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("{% if told %}Ya le escribimos.{% endif %}", []),
        ("{% set n = told|length %}{% if n %}Ya le escribimos.{% endif %}", []),
        ("{% if not told %}Ya le escribimos.{% endif %}", ["Ya le escribimos"]),
        ("{% if told %}Bien.{% else %}Ya le escribimos.{% endif %}", ["Ya le escribimos"]),
        ("{% if told %}{% if radicado %}Ya le escribimos.{% endif %}{% endif %}", []),
        ("{% if radicado %}Ya le escribimos.{% endif %}", ["Ya le escribimos"]),
    ],
)
def test_claim_stands_only_inside_a_condition_on_a_fact_from_rows(text: str, claimed: list[str]) -> None:
    assert claimed == unproven(text, frozenset({"told"}))


@pytest.mark.parametrize(
    "sentence",
    [
        "Le avisamos cuando vuelva.",
        "Le escribimos por este medio porque usted lo autorizó.",
        "Una decisión que le pedimos conocer.",
        "Recibimos su mensaje.",
        "Su caso ya tiene responsable.",
        "Es el correo al que le escribimos.",
        "Ya no le enviamos publicidad.",
        "Llame a quienes no recibieron los avisos.",
        "El consejo no recibió el aviso.",
        "Lo recibió Camilo Núñez.",
    ],
)
def test_promise_a_request_and_what_the_hub_received_are_no_claims(sentence: str) -> None:
    assert [] == list(claims(sentence))


def test_words_in_code_and_in_the_policy_claim_nothing() -> None:
    assert {} == {
        path.name: found
        for path in (*ROOT.glob("hub/rendering/*_es.py"), ROOT / "hub" / "policy.toml")
        if (found := sorted({*claims(path.read_text("utf-8"))} - ASKED_OF_ROWS.get(path.name, set())))
    }


def test_marks_of_markdown_in_a_value_are_found(tmp_path: Path) -> None:
    found = changed(tmp_path, "## Qué sigue", '{{ "el **caso**" }}\n\n## Qué sigue')

    assert ("markup", "body") in {(rule, block) for rule, block, _ in found}


def test_long_title_of_a_push_is_found_at_its_block(tmp_path: Path) -> None:
    text = SOURCE + "\n{% block push_title %}" + "título " * 9 + "{% endblock %}\n"
    [found] = checked(own(tmp_path, text))

    assert ("length", "push_title", "push") == (found.rule, found.block, found.channel)
    assert (
        text.splitlines().index("{% block push_title %}" + "título " * 9 + "{% endblock %}") + 1 == found.line
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Abra /api/clocks", "a path of the API"),
        ("Corra `clocks acknowledge`", "a command"),
        ("Caso 019cd2d1-9a20-8f3e-9b41-5c1c0e6f7a10", "an id"),
        ("Motivo: no_contact", "a code"),
        ("Hay eventos por recibir", "a word of engineers"),
    ],
)
def test_what_only_machines_read_is_found_in_texts_for_staff_alone(text: str, what: str) -> None:
    words = Rendered(subject="Caso", text=text)

    assert [f"{what} in a text for staff"] == [
        fault.means for fault in judge("inbox", words, urgent=False, staff=True)
    ]
    assert [] == list(judge("inbox", words, urgent=False, staff=False))


def test_image_without_words_is_found() -> None:
    words = Rendered(text="Hola.", html='<p><img src="x"></p><p><img src="y" alt="Plano"></p>')

    assert [("alt", '<img src="x">')] == [
        (fault.rule, fault.words) for fault in judge("email", words, urgent=False, staff=False)
    ]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Le respondemos a más tardar el miércoles 23 de septiembre de 2026 a las 12:53 p. m.", 7),
        ("Le respondemos el 23 sep 2026, 12:53 p. m.", 4),
        ("La ley lo permite (artículo 14 de la Ley 1755 de 2015).", 4),
        ("Escriba a María Fernanda Ríos y a Conjunto Altos del Rosal", 6),
        ("Su radicado es PQ-2026-000123.", 4),
    ],
)
def test_date_a_name_a_number_and_an_article_of_a_law_are_one_word_each(sentence: str, words: int) -> None:
    assert words == length(sentence)


def test_low_contrast_is_found_in_the_light_and_in_the_dark() -> None:
    html = (
        "<html><head><style>@media (prefers-color-scheme: dark) {\n.a { background: #222222 !important; }\n}"
        '</style></head><body style="background:#ffffff"><div class="a" style="background:#eeeeee">'
        '<p style="color:#333333">Hola</p><p style="color:#999999">Gris</p></div></body></html>'
    )

    assert [("dark", "Hola"), ("light", "Gris")] == sorted(
        (scheme, text) for scheme, text, _ in low_contrast(html)
    )
    assert 21.0 == round(contrast("#000000", "#ffffff"), 1)


def run(*arguments: str, env: Mapping[str, str]) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["template", "check", *arguments], env=dict(env))
    return result.exit_code, result.output


def test_command_names_file_and_line_of_an_override_and_ends_with_1(tmp_path: Path) -> None:
    folder = own(tmp_path, SOURCE.replace("## Qué sigue", "La SIC lo sabe.\n\n## Qué sigue"))
    code, shown = run(EVENT, env={"HUB_TEMPLATES": str(folder)})

    assert 1 == code
    assert re.search(
        rf"{re.escape(str(folder))}/es/{EVENT}\.j2:\d+: body: acronym: .*: SIC", shown.replace("\n", "")
    )


def test_command_ends_with_0_and_an_empty_list_where_nothing_is_wrong() -> None:
    code, shown = run(EVENT, "--json", env={})
    found: Json = json.loads(shown)

    assert (0, []) == (code, found)
