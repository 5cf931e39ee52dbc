"""Indicators: their read, as programs have it. Their page and their command call the act themselves."""

from __future__ import annotations

from typing import Final

from hub.desk.indicators import acts
from hub.doors.act import Noun, Read

NOUN: Final = Noun(name="indicators", one="indicator", reads=(Read(acts.show, "/indicators", command=""),))
