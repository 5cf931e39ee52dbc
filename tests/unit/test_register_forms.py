"""Forms of registrations: what is of a few words is ticked, not typed."""

from __future__ import annotations

from hub.cloudevents.schemas import Schemas
from hub.desk.registrations.kinds import KINDS
from hub.model.registrations import KindWord
from hub.web.console import register_page as forms

SCHEMAS = Schemas.load().by_name
PAPER = KINDS[KindWord.CONSENT]


def test_consent_on_paper_is_ticked_and_shown_again_as_it_was() -> None:
    given = {"data.purposes.survey": "1", "data.purposes.collection": "1", "data.text_version": "2026-02"}
    fields = {one.name: one for one in forms.form_fields(PAPER, given, SCHEMAS, wrong=None, fresh=True)}
    purposes, channels = fields["data.purposes"], fields["data.channels"]

    assert {"purposes": ["survey", "collection"], "text_version": "2026-02"} == forms.typed(
        PAPER, given, SCHEMAS
    )
    assert ("ticks", "ticks") == (purposes.kind, channels.kind)
    assert ["Encuestas", "Cobro"] == purposes.value.splitlines()
    assert {"Encuestas", "Cobro"} < {text for _, text in purposes.options}
    assert ("", "WhatsApp") == (channels.value, dict(channels.options)["whatsapp"])


def test_consent_without_a_purpose_is_marked() -> None:
    given = {"data.text_version": "2026-02"}
    fields = forms.form_fields(PAPER, given, SCHEMAS, wrong="data.purposes", fresh=False)

    assert ["data.purposes"] == [one.name for one in fields if one.wrong]
