"""
A plugin that reads all files and makes no test of them: `scripts/test --prepare`.

Python keeps what it has compiled of them; making twelve thousand tests as well takes as long again.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem() -> list[pytest.Item]:
    return []
