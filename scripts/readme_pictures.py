"""
Take the pictures of the README, of a hub that `scripts/run` has started here with its demonstration.

    .venv/bin/python scripts/readme_pictures.py [FOLDER]

The first page of the console, a resident's answer as a mail, and the page that its link opens; into
docs/pictures. Needs Chromium.
"""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
import tempfile
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from scripts.console_pictures import go, photos, shrink
from scripts.mail_pictures import picture
from tests.integration.chromium import open_browser, running_chromium
from tests.integration.looks import NARROW, WIDE

ROOT: Final = Path(__file__).parents[1]
RUN: Final = ROOT / ".run"
ANSWER: Final = "Respuesta definitiva"
"""How the subject begins of the mail that is shown, and whose link is followed."""
LINK: Final = re.compile(r"https?://[^\s/]+/mi/[\w.~-]+")


def settings() -> Mapping[str, str]:
    """Read what `scripts/run` has noted of the hub that runs here."""
    words = [line.removeprefix("export ") for line in (RUN / "env").read_text(encoding="utf-8").splitlines()]
    return dict(shlex.split(word)[0].partition("=")[::2] for word in words if word)


def answer() -> EmailMessage:
    mails = (message_from_bytes(file.read_bytes(), policy=policy.default) for file in RUN.glob("mail/*.eml"))
    return next(mail for mail in mails if mail["subject"].startswith(ANSWER))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def take(folder: Path) -> None:
    hub, mail = f"http://{settings()['HUB_HTTP']}", answer()
    link = LINK.search(body(mail, "plain"))
    assert link is not None
    with tempfile.TemporaryDirectory() as profile, running_chromium(Path(profile)) as chromium:
        async with open_browser(chromium) as tab:
            await go(tab, f"{hub}/")
            await photos(tab, folder / "console", [("light", WIDE)])
            await go(tab, hub + urlsplit(link[0]).path)
            await photos(tab, folder / "resident", [("light", NARROW)])
            await tab.go("about:blank")  # the hub's pages allow no style of others
            taken = await picture(tab, body(mail, "html"), scheme="light", width=NARROW, whole=False)
            (folder / "mail.png").write_bytes(taken)
            shrink(folder / "mail.png")


def main(*given: str) -> None:
    folder = Path(given[0]) if given else ROOT / "docs/pictures"
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
