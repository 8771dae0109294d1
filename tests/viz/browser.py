"""A browser without a window, driven by the DevTools protocol over two pipes.

Input that comes in this way is real input: what has the focus gets keys, and the browser itself
makes clicks of presses.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any, TypeAlias

__all__ = ["PROGRAM", "Browser", "Tab", "browser"]

Fields: TypeAlias = dict[str, Any]

PROGRAM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
PATIENCE = 30  # seconds until what a test waits for is held to be missing

# The browser reads from file 3 and writes to file 4, which may be in use for the other.
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""

KEYS = {"Enter": "\r", "Space": " "}
CODES = {"Tab": 9, "Enter": 13, "Escape": 27, "Space": 32}  # by which browsers know their own keys


class Browser:
    """A running browser."""

    def __init__(self, commands: int, answers: int) -> None:
        self.commands = commands
        self.answers = answers
        self.rest = b""
        self.count = 0
        self.events: list[Fields] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Fields:
        """Send a command, and give what it results in."""
        self.count += 1
        message: Fields = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self.read()).get("id") != self.count:
            self.events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        return dict(answer["result"])

    def read(self) -> Fields:
        """Give the next message."""
        while b"\0" not in self.rest:
            assert select([self.answers], [], [], PATIENCE)[0], "the browser does not answer"
            more = os.read(self.answers, 1 << 16)
            assert more, "the browser has ended"
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return dict(json.loads(message))

    @contextmanager
    def tab(
        self, width: int = 1000, height: int = 700, media: Mapping[str, str] | None = None
    ) -> Iterator["Tab"]:
        """Give a new tab, without motion unless told otherwise."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Runtime", "Network", "Log"):
            tab.call(f"{domain}.enable")
        tab.resize(width, height)
        tab.emulate({"prefers-reduced-motion": "reduce", **(media or {})})
        yield tab
        self.call("Target.closeTarget", targetId=target)


class Tab:
    """A page that is open."""

    def __init__(self, owner: Browser, session: str) -> None:
        self.owner = owner
        self.session = session

    def call(self, method: str, **parameters: Any) -> Fields:
        """Send a command to this page."""
        return self.owner.call(method, self.session, **parameters)

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)

    def emulate(self, media: Mapping[str, str]) -> None:
        """Set what media queries find."""
        features = [{"name": name, "value": value} for name, value in media.items()]
        self.call("Emulation.setEmulatedMedia", features=features)

    def open(self, address: str | Path) -> None:
        """Go to an address, and wait until its script has run."""
        url = address.as_uri() if isinstance(address, Path) else address
        self.call("Page.navigate", url=url)
        self.wait(f"location.href.startsWith({json.dumps(url.partition('#')[0])})")
        self.wait("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Give the value of an expression."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, f"{script}: {result}"
        return result["result"].get("value")

    def settle(self) -> None:
        """Wait until what was changed is on the screen."""
        frame = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        self.call("Runtime.evaluate", expression=f"{frame}.then(() => 0)", awaitPromise=True)

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + PATIENCE
        while not self.run(condition):
            assert time.monotonic() < end, f"never became true: {condition}"
            time.sleep(0.01)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """Send an event of the mouse."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector: str, *, shift: bool = False) -> None:
        """Click on the center of an element."""
        x, y = self.center(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1, modifiers=8 * shift)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press at a point, move to another in steps, and let go."""
        self.mouse("mousePressed", *start, button="left", clickCount=1)
        for part in (0.25, 0.5, 0.75, 1):
            x, y = (a + (b - a) * part for a, b in zip(start, end, strict=True))
            self.mouse("mouseMoved", x, y, button="left", buttons=1)
        self.mouse("mouseReleased", *end, button="left", clickCount=1)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        """Send an event of fingers."""
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self.call("Input.dispatchTouchEvent", type=kind, touchPoints=fingers)

    def press(self, *keys: str, shift: bool = False) -> None:
        """Press keys one after the other, by what they are called in events."""
        for key in keys:
            name = " " if key == "Space" else key
            text = KEYS.get(key, key if len(key) == 1 else "")
            sent = {"key": name, "text": text, "modifiers": 8 * shift}
            sent["windowsVirtualKeyCode"] = CODES.get(key, 0)
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **sent)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=name)

    def write(self, text: str) -> None:
        """Type text into what has the focus."""
        self.call("Input.insertText", text=text)

    def center(self, selector: str) -> tuple[float, float]:
        """Give the center of an element, in the window."""
        script = f"""(() => {{
          const rect = document.querySelector({json.dumps(selector)}).getBoundingClientRect();
          return [rect.x + rect.width / 2, rect.y + rect.height / 2];
        }})()"""
        x, y = self.run(script)
        return x, y

    def photograph(self, path: Path) -> None:
        """Write what the window shows to a PNG file."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def troubles(self) -> list[str]:
        """Give errors of scripts, and what the browser has to say about the page."""
        kinds = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [str(event["params"]) for event in self.happened(*kinds)]

    def requests(self) -> list[str]:
        """Give the addresses that were asked for, but for those that the page itself forbids."""
        failed = [event["params"] for event in self.happened("Network.loadingFailed")]
        forbidden = {each["requestId"] for each in failed if each.get("blockedReason") == "csp"}
        sent = [event["params"] for event in self.happened("Network.requestWillBeSent")]
        return [each["request"]["url"] for each in sent if each["requestId"] not in forbidden]

    def happened(self, *kinds: str) -> Iterator[Fields]:
        """Give the events of some kinds."""
        self.run("0")  # what happened before has been told when this is answered
        for event in self.owner.events:
            if event["method"] in kinds and event.get("sessionId") == self.session:
                yield event


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Give a browser that keeps its files in ``folder``."""
    assert PROGRAM is not None
    (read_commands, commands), (answers, write_answers) = os.pipe(), os.pipe()
    ends = (read_commands, write_answers)
    launch = [sys.executable, "-c", LAUNCH, *map(str, ends), PROGRAM]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [*launch, *FLAGS, f"--user-data-dir={folder / 'profile'}"], pass_fds=ends, stderr=log
        ) as process,
    ):
        for end in ends:
            os.close(end)
        found = Browser(commands, answers)
        try:
            yield found
            found.call("Browser.close")
        finally:
            os.close(commands)
            os.close(answers)
            process.terminate()
