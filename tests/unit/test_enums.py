"""Enums of the hub: msgspec has read each before a second thread can."""

from __future__ import annotations

import subprocess
import sys

from hub.app.process import hub_enums

_KEPT = "__msgspec_cache__"
_READ = f"""
import hub.app.container, hub.app.roles, hub.app.web_role
from hub.app.process import decode_each, hub_enums
decode_each()
print([enum.__name__ for enum in hub_enums() if "{_KEPT}" not in vars(enum)])
"""


def test_process_has_read_each_enum_before_its_roles_work() -> None:
    done = subprocess.run([sys.executable, "-c", _READ], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_enums_of_the_hub_are_found() -> None:
    assert {"State", "Purpose", "Lane"} <= {enum.__name__ for enum in hub_enums()}
