"""
Receive what became of the messages of a source, by webhook. Standard library only.

    hub webhooks add http://127.0.0.1:8099/hub --source urn:my-system
    WEBHOOK_SECRET=whsec_… python examples/receive_webhook.py 8099
"""

import base64
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
MOST = 16 * 1024 * 1024
seen: set[str] = set()  # where it must last, in a database


def is_genuine(headers: dict[str, str], body: bytes) -> bool:
    """Verify a call as Standard Webhooks says; an old one may be a replay."""
    call, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not timestamp.isdigit() or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = hmac.digest(KEY, f"{call}.{timestamp}.".encode() + body, "sha256")
    expected = f"v1,{base64.b64encode(signed).decode()}"
    # Two while the secret is rotated.
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length) if length <= MOST else b""
        if not is_genuine({name.lower(): value for name, value in self.headers.items()}, body):
            self.send_response(401)
            self.end_headers()
            return
        for event in json.loads(body):
            if event["id"] not in seen:  # the same may come again
                seen.add(event["id"])
                print(json.dumps({"type": event["type"], **event["data"]}), flush=True)
        self.send_response(204)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
