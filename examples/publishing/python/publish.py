"""
Publish an event with aio-pika alone.

pip install aio-pika
HUB_AMQP_URL=amqp://crm:password@broker/hub python publish.py
"""

import asyncio
import json
import os
import sys
import uuid
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import aio_pika
from aio_pika.exceptions import DeliveryError

URL = os.environ["HUB_AMQP_URL"]

# The id of what happened in your own system: the same id again changes nothing, so repeating is safe.
CASE = str(uuid.uuid4())
EVENT = {
    "specversion": "1.0",
    "id": f"received-{CASE}",
    "source": "urn:my-system",
    "type": "co.coproservicios.pqrs.received.v1",
    "time": datetime.now(UTC).isoformat(),
    "datacontenttype": "application/json",
    "data": {
        "pqrs_id": CASE,
        "radicado": "PQ-2026-000123",
        "kind": "peticion",
        "entry_channel": "web",
        "received_at": datetime.now(UTC).isoformat(),
        "service_area": "administracion",
        "subject": "Copia del acta de la asamblea",
        "petitioner": {"name": "Sofía Ibáñez", "email": "sofia.ibanez@example.com"},
    },
}


async def main() -> None:
    async with await aio_pika.connect(URL, timeout=10) as connection:
        # With confirms, and an error for what comes back because no queue takes it.
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        # Only looked up: the exchange is the hub's, and a publisher declares nothing.
        exchange = await channel.get_exchange("domain.events")
        message = aio_pika.Message(
            json.dumps(EVENT).encode(),
            content_type="application/cloudevents+json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=EVENT["id"],
            user_id=unquote(urlsplit(URL).username or "guest"),
        )
        try:
            await exchange.publish(message, "pqrs.received", mandatory=True, timeout=10)
        except DeliveryError:
            sys.exit("No queue takes the event: publish the same again in some seconds.")
    print(EVENT["id"])


asyncio.run(main())
