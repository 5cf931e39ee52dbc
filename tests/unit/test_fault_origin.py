"""Origin of a failure: the message, the provider, or ourselves."""

from __future__ import annotations

import pytest

from hub.channels.failures import Blame, blame, misconfigured, no_place
from hub.errors import PermanentFailure, SendFailure, TransientFailure


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransientFailure("timeout"), Blame.PROVIDER),
        (TransientFailure("timeout", unknown=True), Blame.PROVIDER),
        (TransientFailure("connect_failed"), Blame.PROVIDER),
        (TransientFailure("http_503"), Blame.PROVIDER),
        (TransientFailure("smtp_421"), Blame.PROVIDER),
        (TransientFailure("smtp_421_4.7.0"), Blame.PROVIDER),
        (TransientFailure("smtp_454_4.7.0"), Blame.PROVIDER),
        (TransientFailure("smtp_452_4.3.1"), Blame.PROVIDER),  # its own disk
        (TransientFailure("smtp_554"), Blame.PROVIDER),  # in answer to the connection
        (misconfigured("provider_auth", provider="smtp"), Blame.PROVIDER),
        (misconfigured("provider_tls", provider="smtp"), Blame.PROVIDER),
        (TransientFailure("smtp_450_4.2.1"), Blame.MESSAGE),
        (TransientFailure("smtp_451"), Blame.MESSAGE),
        (TransientFailure("smtp_451_4.7.1"), Blame.MESSAGE),  # greylisted
        (TransientFailure("smtp_452_4.2.2"), Blame.MESSAGE),  # a full mailbox
        (TransientFailure("unreachable_handset"), Blame.MESSAGE),
        (PermanentFailure("smtp_550_5.1.1", gone=True), Blame.MESSAGE),
        (PermanentFailure("not_mobile"), Blame.MESSAGE),
        (PermanentFailure("opted_out"), Blame.MESSAGE),
        (PermanentFailure("filtered"), Blame.ROUTE),
        (PermanentFailure("blocked"), Blame.ROUTE),
        (PermanentFailure("smtputf8_unsupported"), Blame.ROUTE),
        (misconfigured("provider_region", provider="twilio"), Blame.ROUTE),
        (TransientFailure("rate_limited"), Blame.ROUTE),
        (no_place("smtp"), Blame.ROUTE),
    ],
    ids=str,
)
def test_a_failure_is_of_the_message_the_route_or_the_provider(error: SendFailure, expected: Blame) -> None:
    assert blame(error) is expected
