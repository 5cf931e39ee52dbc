"""Output for the person who started the hub."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from hub.local.accounts import Accounts
from hub.local.mailbox import Mailbox
from hub.rendering.labels_es import OFFICES
from hub.settings import Settings

SHOWN_MAILS = 12

HELP = """
  Publique otro evento, en otra terminal · Publish another event, in a second terminal:
      scripts/hub publish examples/pqrs.received.json
      scripts/hub deliveries --follow

  Ctrl-C detiene todo y no se pierde nada. · Ctrl-C stops everything, and nothing is lost.
"""


def print_line(line: str) -> None:
    """Print a line. A closed terminal must not prevent the orderly stop of the servers."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


class MailNotices:
    """Prints a line for each of the first mails, without addresses."""

    def __init__(self, mailbox: Mailbox, page: str) -> None:
        self._mailbox = mailbox
        self._page = page
        self._count = 0

    def __call__(self, name: str) -> None:
        self._count += 1
        if self._count <= SHOWN_MAILS:
            mail = self._mailbox.read(name)
            print_line(f"  ✉ {mail.subject if mail else name}")
        elif self._count == SHOWN_MAILS + 1:
            print_line(f"  ✉ … {self._page}")


def announce(settings: Settings, mail_page: str | None, accounts: Accounts, resident: str | None) -> None:
    places = {
        f"{settings.public_url}/": "la consola · the console",
        mail_page: "el correo que sale · the mail that goes out",
        f"{_near(settings.capture_dir)}/": "lo demás, un archivo por mensaje · the rest, a file each",
    }
    print_line("\n  El hub está en marcha. · The hub is running.\n")
    for place, what in places.items():
        if place:
            print_line(f"  {place:<32} {what}")
    if resident:
        print_line(f"\n  La página de una residente · The page of a resident:\n      {resident}")
    if accounts:
        entry = f"{settings.public_url}{'/' if settings.api_key else '/sign-in'}"
        print_line(f"\n  Cuentas de la demostración, en {entry} · Accounts of the demonstration:")
    for office, (name, password) in accounts.items():
        print_line(f"      {OFFICES[office]:<20} {name:<16} {password}")
    print_line(HELP)


def _near(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
