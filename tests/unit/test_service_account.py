"""The file with which Google knows us."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.channels.push.oauth import read_service_account
from hub.errors import ConfigurationError


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read: No such file"),
        ("{", "is not a service account's file"),
        ('{"project_id": "p"}', "is not a service account's file"),
        (
            '{"project_id": "p", "client_email": "e", "token_uri": "u", "private_key": "SECRET"}',
            "the private key in",
        ),
    ],
)
def test_credentials_that_cannot_be_used_are_named_without_their_content(
    tmp_path: Path, content: str | None, complaint: str
) -> None:
    path = tmp_path / "account.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ConfigurationError, match=complaint) as caught:
        read_service_account(path, setting="HUB_PUSH_URL")

    assert str(caught.value).startswith("HUB_PUSH_URL: ")
    assert "SECRET" not in str(caught.value)
