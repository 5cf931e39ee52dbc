"""Modules of the hub: none imports another in a circle; sections of the console are in the route table."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp

from hub.web.console.return_link import sections_of
from hub.web.console.shell import SECTIONS
from hub.web.routes import ROUTES

_WITHOUT_NAVIGATION = {
    *("posters", "search", "events", "keys", "webhooks", "bulk", "imports", "duplicates"),
    *("clocks", "replies", "files", "approvals", "registrations"),
}
"""Sections that another one leads to, and lists that are views of the matters now."""


def test_no_modules_import_each_other_inside_functions_neither() -> None:
    graph = grimp.build_graph("hub", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    # Raises CycleError, which names the modules.
    assert len(graph.modules) == len(list(TopologicalSorter(imports).static_order()))


def test_sign_in_leads_back_to_each_section_and_nowhere_else() -> None:
    shown = {section.path.strip("/").partition("?")[0] for section in SECTIONS} - {""}
    assert shown | _WITHOUT_NAVIGATION == sections_of(ROUTES)


def test_the_way_of_an_event_loads_nothing_of_the_desk() -> None:
    program = "import sys, hub.app.process; print(*(name for name in sys.modules if name.startswith('hub.')))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()

    assert [] == [name for name in loaded if name.split(".")[1] in {"desk", "doors", "web", "cli"}]
