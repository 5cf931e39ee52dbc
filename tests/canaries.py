"""A word of its own in every secret place of every setting, so that one which leaks can be found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Final

from tests.providers.aggregator import EXAMPLE

CLOSED: Final = "127.0.0.1:1"
"""Where nothing ever listens."""
_SEEN: Final = 8
"""Letters of a word that give it away: half a password is a leak, too."""

PLACES: Final[Mapping[str, str]] = {
    "HUB_AMQP_URL": f"amqp://{{}}:{{}}@{CLOSED}/?password={{}}",
    "HUB_AMQP_MANAGEMENT_URL": f"http://{{}}:{{}}@{CLOSED}/{{}}?key={{}}",
    "HUB_REDIS_URL": f"redis://{{}}:{{}}@{CLOSED}/0?password={{}}",
    "HUB_DATABASE_URL": f"postgresql://{{}}:{{}}@{CLOSED}/hub?password={{}}",
    "HUB_DATABASE_OWNER_URL": f"postgresql://{{}}:{{}}@{CLOSED}/hub?password={{}}",
    "HUB_EMAIL_URL": f"smtp://{{}}:{{}}@{CLOSED}?from=hub@example.co smtps://{{}}:{{}}@{CLOSED}",
    "HUB_SMS_URL": f"twilio+http://{{}}:{{}}@{CLOSED}?from=+573001234567&also={{}} "
    f"http+http://{{}}:{{}}@{CLOSED}?spec={EXAMPLE}&also={{}}",
    "HUB_PUSH_URL": f"fcm+http://{{}}:{{}}@{CLOSED}?credentials=/nowhere.json",
    "HUB_WHATSAPP_URL": f"whatsapp+http://{{}}@{CLOSED}?phone=1&secret={{}}&verify={{}}&also={{}}",
    "HUB_VOICE_URL": f"voice+http://{{}}:{{}}@{CLOSED}/{{}}?token={{}}",
    "HUB_HEARTBEAT_URL": f"http://{{}}:{{}}@{CLOSED}/{{}}/{{}}?key={{}}",
    "HUB_TIMESTAMP_URL": f"http://{{}}:{{}}@{CLOSED}/{{}}?key={{}}",
    "HUB_TRACES_URL": f"http://{{}}:{{}}@{CLOSED}/{{}}?key={{}}",
    "HUB_API_KEY": "{}",
    "HUB_SECRET": "{} {}",
    "HUB_ALLOW_RECIPIENTS": "{}@example.co push:{}",
}
"""Setting → its value, with a gap in each place of a secret or a person."""

HARMLESS: Final = frozenset(
    {
        "HUB_MODE",
        "HUB_HTTP",
        "HUB_METRICS",
        "HUB_PUBLIC_URL",
        "HUB_TRUSTED_PROXIES",
        "HUB_WEBHOOK_NETWORKS",
        "HUB_LOG",
        "HUB_LOG_LEVEL",
    }
    | {"HUB_CAPTURE_DIR", "HUB_CAPTURE_SMTP", "HUB_MAIL", "HUB_MAIL_DOMAIN", "HUB_POLICY", "HUB_TEMPLATES"}
)
"""Settings that hold nothing secret."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """An environment, and the words in it that must not be seen anywhere."""

    environ: Mapping[str, str]
    words: tuple[str, ...]

    def seen_in(self, text: str) -> list[str]:
        """The words of which a part stands in the text."""
        shown = text.lower()
        return [word for word in self.words if any(part in shown for part in _parts(word))]

    def as_files(self, folder: Path) -> Planted:
        """The same, each value in a file of its own."""
        environ = {}
        for name, value in self.environ.items():
            if name in PLACES:
                (folder / name).write_text(value, "utf-8")
                environ[f"{name}_FILE"] = str(folder / name)
            else:
                environ[name] = value
        return Planted(environ=environ, words=self.words)


def planted(places: Mapping[str, str] = PLACES, *, digits: bool = False, **more: str) -> Planted:
    """Plant words, of letters and digits or of digits alone; `more` are settings as they are."""
    words: list[str] = []
    numbers = count()

    def filled(text: str) -> str:
        new = [_word(next(numbers), digits=digits) for _ in range(text.count("{}"))]
        words.extend(new)
        return text.format(*new)

    environ = {name: filled(text) for name, text in places.items() if name not in more}
    return Planted(environ={**environ, **more}, words=tuple(words))


def _word(number: int, *, digits: bool) -> str:
    """Make a word that no other text has a part of."""
    digest = sha256(f"canary {number}".encode())
    return str(int(digest.hexdigest(), 16))[:24] if digits else f"z{digest.hexdigest()[:30]}z"


def _parts(word: str) -> Iterator[str]:
    return (word[start : start + _SEEN] for start in range(len(word) - _SEEN + 1))
