"""A headless Chromium over its DevTools protocol: as much of it as the page's tests need."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container may have little of it, or none
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
COMPLAINTS = ("Runtime.exceptionThrown", "Log.entryAdded")
PATIENCE = 20.0  # seconds


class RefusedByPage(Exception):
    """Chromium refused a call, in its own words: the page went to its next address meanwhile, for example."""


@dataclass
class Browser:
    """One tab. `complaints` gathers what the console says: exceptions, blocked scripts and styles."""

    socket: aiohttp.ClientWebSocketResponse
    complaints: list[Any] = field(default_factory=list)
    _ids: count[int] = field(default_factory=count)

    async def call(self, method: str, **params: Any) -> Any:
        number = next(self._ids)
        await self.socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = json.loads(await self.socket.receive_str(timeout=PATIENCE))
            if message.get("method") in COMPLAINTS:
                self.complaints.append(message["params"])
            if message.get("id") == number and "error" in message:
                raise RefusedByPage(message["error"]["message"])
            if message.get("id") == number:
                return message["result"]

    async def go(self, url: str, *, width: int = 1280) -> None:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.call("Emulation.setDeviceMetricsOverride", **size)
        await self.call("Page.navigate", url=url)

    async def run(self, script: str) -> Any:
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        return answer["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until the script gives something; answer it. A page that is just leaving gives nothing yet."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(RefusedByPage):
                    if found := await self.run(script):
                        return found
                await asyncio.sleep(0.05)

    async def press(self, key: str) -> None:
        text = {"Enter": "\r", " ": " "}.get(key, "")
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowRight": 39, "ArrowDown": 40}
        for kind in ("keyDown", "keyUp"):
            shared = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
            await self.call(
                "Input.dispatchKeyEvent", type=kind, text=text if kind == "keyDown" else "", **shared
            )


@contextmanager
def running_chromium(folder: Path) -> Iterator[int]:
    """Start Chromium with a new profile, and yield the port of its DevTools; skip where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("the page is tried in Chromium, which is not installed")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield _port(folder / "DevToolsActivePort", process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@asynccontextmanager
async def open_browser(port: int) -> AsyncIterator[Browser]:
    """Open a tab that shares nothing with others: cookies and storage are its own."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/json/version") as answer:
            control_url = (await answer.json())["webSocketDebuggerUrl"]
        async with session.ws_connect(control_url) as control_socket:
            control = Browser(control_socket)
            context = await control.call("Target.createBrowserContext")
            tab = await control.call("Target.createTarget", url="about:blank", **context)
            url = f"ws://127.0.0.1:{port}/devtools/page/{tab['targetId']}"
            async with session.ws_connect(url) as socket:
                browser = Browser(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await browser.call(f"{domain}.enable")
                yield browser
            await control.call("Target.disposeBrowserContext", **context)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until Chromium has written the file that says its port."""
    deadline = time.monotonic() + PATIENCE
    while not (file.exists() and (lines := file.read_text().splitlines())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Chromium does not say its port")
        time.sleep(0.05)
    return int(lines[0])
