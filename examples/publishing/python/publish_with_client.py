"""
Publish an event with `hub.client`, which connects again and repeats by itself.

pip install hub_client-0.1.0-py3-none-any.whl
HUB_AMQP_URL=amqp://crm:password@broker/hub python publish_with_client.py
"""

import asyncio
import os
import sys
import uuid
from datetime import UTC, datetime, timedelta

from hub.client import BrokerUnavailable, CloudEvent, EventUnroutable, Publisher

CASE = str(uuid.uuid4())
EVENT = CloudEvent(
    type="pqrs.received",
    id=f"received-{CASE}",
    time=datetime.now(UTC),
    data={
        "pqrs_id": CASE,
        "radicado": "PQ-2026-000123",
        "kind": "peticion",
        "entry_channel": "web",
        "received_at": datetime.now(UTC).isoformat(),
        "service_area": "administracion",
        "subject": "Copia del acta de la asamblea",
        "petitioner": {"name": "Sofía Ibáñez", "email": "sofia.ibanez@example.com"},
    },
    # traceparent="00-…": the trace that this belongs to, if you have one.
)


async def main() -> None:
    # One for the whole process: many may publish over it at once.
    async with Publisher(
        os.environ["HUB_AMQP_URL"], source="urn:my-system", patience=timedelta(seconds=30)
    ) as publisher:
        try:
            receipt = await publisher.publish(EVENT)
        except (BrokerUnavailable, EventUnroutable) as error:
            sys.exit(f"{error} Publish the same again later.")
    print(receipt.id)


asyncio.run(main())
