"""An event that reaches nobody is reported to its publisher, counted, and shown to the operator."""

from typing import Any

import pytest

from tests.acceptance.harness import until
from tests.acceptance.one_hub import home, running
from tests.acceptance.publisher_queue import Lasting
from tests.integration.chromium import Chromium, open_browser

__all__ = ["home", "running"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAYMENT = {
    "payment_id": "pago-1",
    "copropiedad_id": "ph-desconocida",
    "unit_id": "apto-desconocido",
    "amount_cop": 385000,
    "paid_at": "2026-03-09T13:05:00Z",
    "method": "PSE",
    "receipt_no": "RC-1",
    "balance_cop": 0,
}
REASONS = ["empty_audience", "unknown_copropiedad", "unknown_unit"]


async def unreached(home: Lasting, **attributes: Any) -> dict[str, Any]:
    """Publish an event that reaches nobody, and return the notice that its publisher receives."""
    known = len(home.unreached)
    await home.publish("admin.payment.received", PAYMENT, **attributes)
    await until(lambda: len(home.unreached) > known, "hub.event.unreached")
    return home.unreached[-1]


async def test_publisher_is_notified_of_an_event_that_reaches_nobody(home: Lasting) -> None:
    notice = await unreached(home, id="payment-1", time=PAYMENT["paid_at"])
    again = await unreached(home, id="payment-1", time=PAYMENT["paid_at"])

    assert ("co.coproservicios.hub.event.unreached.v1", "urn:hub") == (notice["type"], notice["source"])
    assert notice["data"] == {
        "event_id": "payment-1",
        "event_source": "urn:test:publisher",
        "event_type": "co.coproservicios.admin.payment.received.v1",
        "reasons": REASONS,
    }
    assert (again["id"], again["data"]) == (notice["id"], notice["data"])


async def test_it_is_counted_and_listed(home: Lasting) -> None:
    await unreached(home, id="payment-2")
    rows = (await home.ask("/api/unreached"))["items"]
    row = next(row for row in rows if row["event_id"] == "payment-2")
    counted = 'hub_events_unreached_total{event="admin.payment.received",reason="unknown_unit"}'

    async def scraped() -> bool:
        async with home.api.get("/metrics") as answer:
            lines = (await answer.text()).splitlines()
        return any(line.startswith(counted) and float(line.split()[-1]) >= 1 for line in lines)

    assert (row["unit_id"], row["reasons"]) == ("apto-desconocido", REASONS)
    await until(scraped, counted)


async def test_the_page_shows_it_with_what_to_do(home: Lasting, chromium: Chromium) -> None:
    await unreached(home, id="payment-3")
    address = str(home.api._base_url)
    async with open_browser(chromium) as browser:
        await browser.go(address)
        link = "document.querySelector('#bad .trouble a[href^=\"/messages/unreached\"]')"
        line = await browser.until(f"{link}?.closest('.trouble').innerText")
        await browser.run(f"{link}.click()")
        shown = await browser.until("location.pathname !== '/' && document.querySelector('.rows')?.innerText")
        codes = await browser.run("document.querySelector('.rows .tech').textContent")
        await browser.run("document.querySelector('.rows a.opens').click()")
        event = "location.pathname.startsWith('/events/') && document.querySelector('.tech')?.textContent"
        detail = await browser.until(event)

    assert "no llega" in line
    assert "El directorio no tiene la unidad" in shown
    assert "apto-desconocido" in codes
    assert "payment-3" in detail
