"""A headless Chromium of this system, driven by Playwright: as much of it as the page's tests need."""

import asyncio
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import pytest
from playwright import async_api as playwright

T = TypeVar("T")
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first one that is there: the shell is the same engine without windows, for two thirds of the work."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",  # a container may have little of it, or none
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Not a process in stock, and none anew for each page of the same site: both cost, and try nothing.
    "--disable-features=SpareRendererForSitePerProcess,BackForwardCache,ProactivelySwapBrowsingInstance",
    "--site-per-process",  # a sandboxed frame is alone, as in whole Chromium: the shell leaves it in its page
    "--remote-debugging-port=0",
)
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
COMPLAINTS = ("Runtime.exceptionThrown", "Log.entryAdded")
PATIENCE = 20.0  # seconds
LOOKING = """
(async () => {{
  for (let looks = 0; looks < 20; looks++) {{
    const found = await ({script});
    if (found) return found;
    await new Promise(done => setTimeout(done, 50));
  }}
}})()
"""
"""Looks for a second within the page: to ask for each look from outside takes five times the work."""


class RefusedByPage(Exception):
    """Chromium refused a call, in its own words: the page went to its next address meanwhile, for example."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """
    A browser that runs, and the loop that Playwright lives in.

    The loop has a thread of its own: each test has another loop, and Playwright, which starts a program for
    itself, would cost each of them half a second.
    """

    loop: asyncio.AbstractEventLoop
    driven: playwright.Browser

    async def do(self, work: Coroutine[Any, Any, T], *, patience: float = PATIENCE) -> T:
        """Do this in Playwright's loop."""
        async with asyncio.timeout(patience):
            try:
                return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))
            except playwright.Error as error:
                raise RefusedByPage(error.message) from error


@dataclass
class Browser:
    """One tab. `complaints` gathers what the console says: exceptions, blocked scripts and styles."""

    chromium: Chromium
    page: playwright.Page
    session: playwright.CDPSession
    scripts: bool = True
    """Whether those of the page run; without them it cannot wait by itself."""
    complaints: list[Any] = field(default_factory=list)

    def hear(self, said: Any) -> None:
        self.complaints.append(said)

    async def call(self, method: str, **params: Any) -> Any:
        """Call Chromium's own protocol, where Playwright has no method."""
        return await self.chromium.do(self.session.send(method, params))

    async def act(self, work: Callable[[playwright.Page], Awaitable[T]]) -> T:
        """Do something as Playwright does it: a click, for example, where nothing covers the button."""

        async def done() -> T:
            return await work(self.page)

        # It has many parts, such as the stops to a button; each has Playwright's own patience.
        return await self.chromium.do(done(), patience=3 * PATIENCE)

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
        looking = LOOKING.format(script=script) if self.scripts else script
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(RefusedByPage):
                    if found := await self.run(looking):
                        return found
                await asyncio.sleep(0.05)

    async def stop_scripts(self) -> None:
        """Let no script of a page run from now on."""
        self.scripts = False
        await self.call("Emulation.setScriptExecutionDisabled", value=True)

    async def tab(self, times: int) -> None:
        """Press the tab key so many times in one go: each press waits in Chromium for the one before."""

        async def pressed() -> None:
            await asyncio.gather(*(self.session.send("Input.dispatchKeyEvent", TAB) for _ in range(times)))

        await self.chromium.do(pressed(), patience=3 * PATIENCE)

    async def press(self, key: str) -> None:
        await self.act(lambda page: page.keyboard.press(key))


@contextmanager
def running_chromium(folder: Path) -> Iterator[Chromium]:
    """Start Chromium with a new profile, and Playwright, which drives it; skip where there is none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("the page is tried in Chromium, which is not installed")
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = _port(folder / "DevToolsActivePort", process)
        with _loop_beside() as loop, _driving(loop, port) as chromium:
            yield chromium
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@asynccontextmanager
async def open_browser(chromium: Chromium, *, scripts: bool = True) -> AsyncIterator[Browser]:
    """Open a tab that shares nothing with others: cookies and storage are its own."""
    browser = await chromium.do(_open_tab(chromium, scripts=scripts))
    try:
        yield browser
    finally:
        await chromium.do(browser.page.context.close())


async def _open_tab(chromium: Chromium, *, scripts: bool) -> Browser:
    # The tests set size and colours of a screen, not Playwright.
    context = await chromium.driven.new_context(
        no_viewport=True, color_scheme="null", java_script_enabled=scripts
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    browser = Browser(chromium, page, session, scripts)
    for event in COMPLAINTS:
        session.on(event, browser.hear)
    for domain in ("Page", "Runtime", "Log"):
        await session.send(f"{domain}.enable")
    return browser


@contextmanager
def _loop_beside() -> Iterator[asyncio.AbstractEventLoop]:
    """Run a loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, name="playwright", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _driving(loop: asyncio.AbstractEventLoop, port: int) -> Iterator[Chromium]:
    async def begin() -> tuple[playwright.Playwright, playwright.Browser]:
        driver = await playwright.async_playwright().start()
        return driver, await driver.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")

    driver, driven = asyncio.run_coroutine_threadsafe(begin(), loop).result(PATIENCE)
    try:
        yield Chromium(loop, driven)
    finally:
        asyncio.run_coroutine_threadsafe(driver.stop(), loop).result(PATIENCE)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    """Wait until Chromium has written the file that says its port."""
    deadline = time.monotonic() + PATIENCE
    while not (file.exists() and (lines := file.read_text().splitlines())):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("Chromium does not say its port")
        time.sleep(0.05)
    return int(lines[0])
