"""Chromium without a screen, driven by the WebDriver protocol (W3C), which is JSON over HTTP."""

from __future__ import annotations

import base64
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.support.orthanc_process import LOOPBACK, free_ports

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
START_TIMEOUT = 120.0
SCRIPT_TIMEOUT = 100.0
"""Seconds for what a page does: much, on a machine that does other things besides; by the protocol it would be 30."""


def why_no_chromium() -> str | None:
    """What is missing for a browser to be started here, if anything is."""
    missing = [program for program in ("chromium", "chromedriver") if shutil.which(program) is None]
    return f"not installed: {', '.join(missing)}" if missing else None


class Chromium:
    """A context manager: one browser with one page."""

    def __init__(self, folder: Path) -> None:
        (self._port,) = free_ports(1)
        self._folder = folder
        self._session = ""

    def __enter__(self) -> Self:
        command = ["chromedriver", f"--port={self._port}", "--allowed-ips=127.0.0.1"]
        self._driver = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._wait_until_ready()
            options = {"args": [*ARGUMENTS, f"--user-data-dir={self._folder}"]}
            timeouts = {"script": int(1000 * SCRIPT_TIMEOUT)}
            wanted = {"browserName": "chrome", "goog:chromeOptions": options, "timeouts": timeouts}
            capabilities = {"alwaysMatch": wanted}
            self._session = f"/session/{self._call('POST', '/session', {'capabilities': capabilities})['sessionId']}"
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._call("DELETE", self._session)
        finally:
            self._stop()

    def open(self, url: str) -> None:
        """Load a page and wait until all of it is there."""
        self._call("POST", f"{self._session}/url", {"url": url})

    def evaluate(self, script: str) -> Any:
        """What the body of a function returns in the page; a promise is waited for."""
        return self._call("POST", f"{self._session}/execute/sync", {"script": script, "args": []})

    def resize(self, width: int, height: int) -> None:
        """Of the window; a browser without a screen has nothing around its page."""
        self._call("POST", f"{self._session}/window/rect", {"width": width, "height": height})

    def screenshot(self) -> bytes:
        """A PNG of what is in the window."""
        return base64.b64decode(self._call("GET", f"{self._session}/screenshot"))

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START_TIMEOUT
        while True:
            try:
                if self._call("GET", "/status")["ready"]:
                    return
            except requests.ConnectionError:
                if time.monotonic() > end:
                    raise
            time.sleep(0.1)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        url = f"http://{LOOPBACK}:{self._port}{path}"
        answer = requests.request(method, url, json=body if method == "POST" else None, timeout=START_TIMEOUT)
        value = answer.json()["value"]
        if not answer.ok:
            raise RuntimeError(value["message"])
        return value

    def _stop(self) -> None:
        self._driver.terminate()
        self._driver.wait(START_TIMEOUT)
