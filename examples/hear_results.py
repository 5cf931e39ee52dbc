"""
Hear what became of the messages of a source, from `hub.events.out`.

    hub results on urn:my-system
    HUB_AMQP_URL=amqp://crm_notices:…@broker/hub python examples/hear_results.py urn:my-system crm.results
"""

import asyncio
import json
import os
import sys
from urllib.parse import quote

import aio_pika


def key_of(source: str) -> str:
    """Return the word of the routing keys that names the source; `hub results list` shows it too."""
    return quote(source, safe=":/").replace(".", "%2E")


async def hear(source: str, name: str) -> None:
    connection = await aio_pika.connect_robust(os.environ["HUB_AMQP_URL"])
    async with connection:
        channel = await connection.channel()
        # Durable: what comes while this program is stopped waits.
        queue = await channel.declare_queue(name, durable=True)
        for event in ("notification.*", "event.rejected", "hub.event.unreached", "clock.extension.*"):
            await queue.bind("hub.events.out", f"{event}.{key_of(source)}")
        async with queue.iterator() as messages:
            async for message in messages:
                # Acknowledged when the block ends: after a crash the same comes again, with the same id.
                async with message.process():
                    event = json.loads(message.body)
                    print(json.dumps({"id": event["id"], "type": event["type"], **event["data"]}), flush=True)


if __name__ == "__main__":
    asyncio.run(hear(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "my-system.results"))
