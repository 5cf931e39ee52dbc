"""WhatsApp: sent messages, the meaning of its codes, its reports."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.access.webhook_signatures import is_from_meta, meta_signature
from hub.channels.failures import FailureKind
from hub.channels.http_calls import Answer
from hub.channels.urls import GRAPH_VERSION, WhatsappEndpoint, parse_whatsapp
from hub.channels.whatsapp.payload import encode, submission
from hub.channels.whatsapp.reports import Keys, keys_of, read_notice
from hub.channels.whatsapp.verdicts import MEANINGS, failure, reason_of
from hub.errors import ConfigurationError, PermanentFailure, TransientFailure
from hub.model import Receipt, Rendered, Reply, State
from hub.settings import load
from tests.providers.samples import outgoing
from tests.providers.whatsapp import notice, reference, refusal_body, signature, status_item, text_item

ID: Final = UUID(int=7)
NUMBER: Final = "573001234567"
WAMID: Final = reference(NUMBER, 1)
RENDERED: Final = Rendered(
    text="Radicado: *PQ-1*.", template="pqrs_received", parameters=(("radicado", "PQ-1"), ("clase", "queja"))
)


class TestPayload:
    def test_a_message_is_a_template_with_named_values_in_their_order(self) -> None:
        sent = outgoing("whatsapp", f"+{NUMBER}", rendered=RENDERED)

        assert json.loads(encode(sent)) == {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": NUMBER,
            "type": "template",
            "template": {
                "name": "pqrs_received",
                "language": {"code": "es_CO"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [
                            {"type": "text", "parameter_name": "radicado", "text": "PQ-1"},
                            {"type": "text", "parameter_name": "clase", "text": "queja"},
                        ],
                    }
                ],
            },
            "biz_opaque_callback_data": str(sent.message.id),
        }

    def test_what_is_handed_in_for_approval_has_an_example_for_each_gap(self) -> None:
        asked = submission("Radicado: *{{radicado}}*, una {{clase}}.", RENDERED)

        assert ("pqrs_received", "es_CO", "UTILITY") == (asked["name"], asked["language"], asked["category"])
        assert asked["components"][0]["example"]["body_text_named_params"] == [
            {"param_name": "radicado", "example": "PQ-1"},
            {"param_name": "clase", "example": "queja"},
        ]

    def test_a_button_is_asked_for_and_filled_with_the_end_of_its_address(self) -> None:
        token, page = "A" * 43, "https://hub.example.co/mi/"
        with_button = replace(RENDERED, button=token)
        asked = submission("Radicado: *{{radicado}}*, una {{clase}}.", with_button, page=page)
        sent = json.loads(encode(outgoing("whatsapp", f"+{NUMBER}", rendered=with_button)))

        assert asked["components"][1:] == [
            {
                "type": "BUTTONS",
                "buttons": [
                    {
                        "type": "URL",
                        "text": "Ver este mensaje",
                        "url": "https://hub.example.co/mi/{{1}}",
                        "example": [f"{page}{token}"],
                    }
                ],
            }
        ]
        assert sent["template"]["components"][1:] == [
            {
                "type": "button",
                "sub_type": "url",
                "index": "0",
                "parameters": [{"type": "text", "text": token}],
            }
        ]


class TestUrl:
    def test_a_url_has_all_parts(self) -> None:
        url = "whatsapp+https://EA%2FB@graph.example?phone=12&secret=s%26t&verify=w&version=v22.0"

        assert parse_whatsapp(url, setting="X") == WhatsappEndpoint(
            base="https://graph.example", token="EA/B", phone="12", version="v22.0", secret="s&t", verify="w"
        )

    def test_only_the_token_and_the_phone_are_needed(self) -> None:
        endpoint = parse_whatsapp("whatsapp+http://T@127.0.0.1:8?phone=12", setting="X")

        assert ("http://127.0.0.1:8", GRAPH_VERSION, "", "") == (
            endpoint.base,
            endpoint.version,
            endpoint.secret,
            endpoint.verify,
        )

    @pytest.mark.parametrize(
        "url",
        [
            "whatsapp+https://graph.example?phone=12",
            "whatsapp+https://T:P@graph.example?phone=12",
            "whatsapp+https://T@graph.example",
            "whatsapp+https://T@graph.example?phone=+573001234567",
            "whatsapp+https://T@graph.example?phone=12&version=../v1",
            "whatsapp+https://T@graph.example?phone=12&app=s3cret",
            "whatsapp+https://T@?phone=12",
        ],
    )
    def test_a_wrong_url_says_what_to_write_and_no_secret(self, url: str) -> None:
        with pytest.raises(ConfigurationError) as caught:
            parse_whatsapp(url, setting="HUB_WHATSAPP_URL")

        assert str(caught.value).startswith("HUB_WHATSAPP_URL: ")
        assert "s3cret" not in str(caught.value)

    def test_every_account_of_the_settings_may_sign(self) -> None:
        urls = (
            "whatsapp+https://T@a.example?phone=1&secret=one&verify=w file:///tmp/x "
            "whatsapp+https://T@b.example?phone=2 whatsapp+https://T@c.example?phone=3&secret=two"
        )

        assert Keys(secrets=("one", "two"), words=("w",)) == keys_of(
            load({"HUB_MODE": "live", "HUB_WHATSAPP_URL": urls})
        )
        assert Keys() == keys_of(load({"HUB_WHATSAPP_URL": urls}))


class TestVerdicts:
    @pytest.mark.parametrize("code", MEANINGS)
    def test_each_code_is_a_failure_of_its_kind(self, code: int) -> None:
        kind, reason = MEANINGS[code]
        status = 500 if kind is FailureKind.LATER else 400
        caught = failure(Answer(status=status, body=json.dumps(refusal_body(code, "Said")).encode()))

        assert reason == caught.reason == reason_of(code)
        assert "whatsapp" == caught.provider
        assert f"{code} (#{code}) Said Said: see the documentation" == caught.code
        assert isinstance(caught, PermanentFailure) is (kind is FailureKind.NEVER)
        if isinstance(caught, TransientFailure):
            assert caught.ours is (kind is FailureKind.OURS)
            assert not caught.unknown

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (131026, FailureKind.NEVER),
            (131047, FailureKind.NEVER),
            (131049, FailureKind.NEVER),
            (132001, FailureKind.NEVER),
            (132015, FailureKind.NEVER),
            (130429, FailureKind.LATER),
            (131048, FailureKind.LATER),
            (131056, FailureKind.LATER),
            (131016, FailureKind.LATER),
            (190, FailureKind.OURS),
            (368, FailureKind.OURS),
            (131031, FailureKind.OURS),
            (131042, FailureKind.OURS),
        ],
    )
    def test_the_codes_that_matter_most_are_of_the_right_kind(self, code: int, kind: FailureKind) -> None:
        assert kind is MEANINGS[code][0]

    def test_no_code_of_whatsapp_says_that_a_number_is_gone(self) -> None:
        assert FailureKind.GONE not in {kind for kind, _ in MEANINGS.values()}

    @pytest.mark.parametrize(
        ("status", "body", "reason", "permanent"),
        [
            (400, refusal_body(139999, "New"), "whatsapp_139999", True),
            (500, refusal_body(139999, "New"), "whatsapp_139999", False),
            (403, refusal_body(273, "Right"), "provider_permission", False),
            (400, {"error": {"code": "131026"}}, "http_400", False),
            (400, {"error": "no"}, "http_400", False),
            (400, ["no"], "http_400", False),
        ],
    )
    def test_a_code_that_is_not_known_is_kept(
        self, status: int, body: Any, reason: str, permanent: bool
    ) -> None:
        caught = failure(Answer(status=status, body=json.dumps(body).encode()))

        assert (reason, permanent) == (caught.reason, isinstance(caught, PermanentFailure))

    def test_a_status_without_a_code_has_a_reason_too(self) -> None:
        assert ("whatsapp_failed", "whatsapp_139999") == (reason_of(None), reason_of(139999))


class TestSignature:
    def test_it_is_the_hmac_that_meta_documents(self) -> None:
        body = "{'ñ'}".encode()

        assert signature(body) == meta_signature("app s3cret", body)

    def test_any_secret_may_sign_and_nothing_else(self) -> None:
        given = signature(b"{}", "new")

        assert is_from_meta(given, secrets=["old", "new"], body=b"{}")
        assert not is_from_meta(given, secrets=["old"], body=b"{}")
        assert not is_from_meta(given, secrets=[], body=b"{}")
        assert not is_from_meta(given, secrets=["new"], body=b"{} ")
        assert not is_from_meta("", secrets=[""], body=b"{}")
        assert not is_from_meta("sha256=\udcff", secrets=["new"], body=b"{}")


def receipts(body: bytes) -> list[Receipt]:
    return read_notice(body).statuses


class TestStatuses:
    @pytest.mark.parametrize(
        ("status", "code", "state", "reason", "stored_code"),
        [
            ("sent", None, State.SENT, None, "sent"),
            ("delivered", None, State.DELIVERED, None, "delivered"),
            ("read", None, State.READ, None, "read"),
            ("failed", 131026, State.FAILED, "not_on_whatsapp", "failed 131026"),
            ("failed", 139999, State.FAILED, "whatsapp_139999", "failed 139999"),
            ("failed", None, State.FAILED, "whatsapp_failed", "failed"),
        ],
    )
    def test_a_status_says_what_becomes_of_our_message(
        self, status: str, code: int | None, state: State, reason: str | None, stored_code: str
    ) -> None:
        body = notice(statuses=[status_item(status, str(ID), WAMID, code)])

        assert [
            Receipt(
                message_id=ID,
                state=state,
                provider="whatsapp",
                reason=reason,
                reference=WAMID,
                code=stored_code,
            )
        ] == receipts(body)

    @pytest.mark.parametrize("data", ["", "x", "7"])
    def test_a_status_without_our_id_still_has_metas(self, data: str) -> None:
        (status,) = read_notice(notice(statuses=[status_item("read", data, WAMID)])).statuses

        assert status == Receipt(state=State.READ, provider="whatsapp", reference=WAMID, code="read")

    @pytest.mark.parametrize("status", ["played", "deleted", "warning", "Delivered", ""])
    def test_other_statuses_move_nothing(self, status: str) -> None:
        seen = read_notice(notice(statuses=[status_item(status, str(ID), WAMID)]))

        assert ([], 0) == (seen.statuses, seen.unreadable)

    def test_one_that_is_broken_costs_none_of_the_others(self) -> None:
        items = [{"status": 7}, "x", status_item("read", str(ID), WAMID)]
        seen = read_notice(notice(statuses=items))

        assert (1, 2) == (len(seen.statuses), seen.unreadable)

    def test_free_text_where_an_id_belongs_is_not_kept(self) -> None:
        (status,) = read_notice(notice(statuses=[status_item("read", str(ID), "to +573001234567")])).statuses

        assert status.reference is None


class TestReplies:
    def test_a_text_is_a_reply_to_the_message_that_it_quotes(self) -> None:
        seen = read_notice(notice(messages=[text_item(NUMBER, " Sí, gracias\n", answering=WAMID)]))

        assert [
            Reply(
                channel="whatsapp",
                provider="whatsapp",
                reference=reference(NUMBER, 1001),
                address=f"+{NUMBER}",
                text="Sí, gracias",
                at=datetime(2026, 3, 9, 13, 1, tzinfo=UTC),
                in_reply_to=WAMID,
            )
        ] == seen.replies

    @pytest.mark.parametrize(
        ("change", "text"),
        [
            ({"type": "button", "button": {"payload": "x", "text": "Confirmo"}}, "Confirmo"),
            (
                {
                    "type": "interactive",
                    "interactive": {"type": "b", "button_reply": {"id": "1", "title": "Sí"}},
                },
                "Sí",
            ),
            ({"type": "interactive", "interactive": {"list_reply": {"id": "1", "title": "Hoy"}}}, "Hoy"),
            ({"type": "image", "image": {"id": "1", "caption": "La fuga"}}, "[imagen] La fuga"),
            ({"type": "audio", "audio": {"id": "1", "voice": True}}, "[audio]"),
            ({"type": "text", "text": {"body": "a\u0000b"}}, "ab"),
            ({"type": "text", "text": {"body": "Mire"}, "image": {"id": "1"}}, "Mire"),
        ],
    )
    def test_what_somebody_answers_is_put_into_words(self, change: dict[str, Any], text: str) -> None:
        seen = read_notice(notice(messages=[text_item(NUMBER, "") | change]))

        assert [text] == [reply.text for reply in seen.replies]

    @pytest.mark.parametrize("kind", ["reaction", "system", "unsupported", "order"])
    def test_what_is_no_answer_is_passed_over(self, kind: str) -> None:
        seen = read_notice(notice(messages=[text_item(NUMBER, "") | {"type": kind}]))

        assert ([], 0) == (seen.replies, seen.unreadable)

    @pytest.mark.parametrize(
        "change",
        [
            {"from": "+57 300"},
            {"from": 573001234567},
            {"timestamp": "hoy"},
            {"timestamp": "9" * 30},
            {"timestamp": "٣"},
            {"id": "x"},
            {"text": None},
            {"text": {"body": "   "}},
            {"type": "interactive", "interactive": {}},
        ],
    )
    def test_a_broken_one_is_counted(self, change: dict[str, Any]) -> None:
        seen = read_notice(notice(messages=[text_item(NUMBER, "Sí") | change, text_item(NUMBER, "No")]))

        assert (["No"], 1) == ([reply.text for reply in seen.replies], seen.unreadable)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS: Final = ("id", "status", "errors", "type", "from", "timestamp", "text", "context", "image")
ITEM: Final = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6) | JSON


class TestAnythingMayCome:
    @given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
    def test_a_body_that_is_no_notice_is_one_unreadable_item(self, body: bytes) -> None:
        seen = read_notice(body)

        assert ([], []) == (seen.statuses, seen.replies)
        assert seen.unreadable == 1 or b"entry" in body

    @given(st.lists(ITEM, max_size=4), st.lists(ITEM, max_size=4))
    def test_no_item_breaks_the_reading(self, statuses: list[Any], messages: list[Any]) -> None:
        good = [status_item("read", str(ID), WAMID)], [text_item(NUMBER, "Sí")]
        seen = read_notice(notice(statuses=statuses + good[0], messages=messages + good[1]))

        assert ID == seen.statuses[-1].message_id
        assert "Sí" == seen.replies[-1].text

    @given(JSON)
    def test_nor_does_a_value(self, value: Any) -> None:
        body = {
            "entry": [{"changes": [{"field": "messages", "value": value}, {"field": "other", "value": 1}]}]
        }

        assert ([], []) == (read_notice(json.dumps(body).encode()).statuses, [])

    def test_a_deep_one_is_unreadable(self) -> None:
        assert 1 == read_notice(b'{"entry":' + b"[" * 100_000).unreadable
