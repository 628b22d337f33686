"""`reprise serve`: Prefect, the schedule, the inbox and the review page, started and stopped together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

from flows.environment import free_port, prefect_environment
from pipeline.domain.errors import ToolMissing
from pipeline.settings import Settings

HEALTHY_WITHIN_S = 300.0  # Prefect starts in 8 CPU seconds; a machine that reads pages has few to spare
STOP_WITHIN_S = 20.0
RESTARTS_AT_MOST = 5


@dataclass
class Child:
    """One supervised process.

    Attributes:
        name: for messages.
        command: with its arguments.
        log: where its output goes; None = to ours.
        restarts: how often it had to be started again.
    """

    name: str
    command: tuple[str, ...]
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    restarts: int = field(default=0)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start it, in a process group of its own so that Ctrl-C reaches it through us alone."""
        if self.log is None:
            self.process = subprocess.Popen(self.command, env=dict(environment), start_new_session=True)
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=dict(environment), start_new_session=True, stdout=log, stderr=log
            )

    def ended(self) -> bool:
        """Whether it is not running."""
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end, with all that it started; insist after a while."""
        if self.process is None or self.ended():
            return
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def server_child(settings: Settings, port: int) -> Child:
    """Return Prefect's server, on 127.0.0.1 alone."""
    command = ("-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui")
    log = settings.data_dir / "logs" / "prefect.log"
    return Child("prefect server", (sys.executable, *command), log)


@contextmanager
def prefect_server(settings: Settings) -> Iterator[None]:
    """Run a Prefect server in this process for as long as one flow takes; import nothing of Prefect before.

    Raises:
        ToolMissing: it did not start.
    """
    from flows.server import server_within

    port = free_port()
    os.environ.update(prefect_environment(settings, port=port))
    # Stopped in the middle of its own bookkeeping it would fill the screen; what matters reaches the flow.
    os.environ["PREFECT_SERVER_LOGGING_LEVEL"] = "CRITICAL"
    with server_within(port):
        yield


def children(settings: Settings) -> tuple[Child, Child, Child, Child]:
    """Return what runs, in the order of starting."""
    python = sys.executable
    return (
        server_child(settings, settings.prefect_port),
        Child("schedule", (python, "-m", "flows.schedule")),
        Child("inbox", (python, "-m", "flows.inbox")),
        Child("review page", (python, "-m", "pipeline.review")),
    )


def wait_until_healthy(url: str, child: Child, *, within_s: float = HEALTHY_WITHIN_S) -> None:
    """Wait for a page to answer.

    Raises:
        ToolMissing: the process ended, or did not answer in time.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if child.ended():
            raise ToolMissing(f"{child.name} ended while starting")
        try:
            with urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.3)
    raise ToolMissing(f"{child.name} did not answer within {within_s:.0f} s")


def serve(settings: Settings, *, open_browser: bool = False) -> None:
    """Run until a signal comes, or until a child cannot be kept alive; then stop all of them.

    Raises:
        ToolMissing: something did not start or kept dying.
    """
    environment = {**os.environ, **prefect_environment(settings, port=settings.prefect_port)}
    running = children(settings)
    server, *others, page = running
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    address = f"http://{settings.review_host}:{settings.review_port}/"
    try:
        server.start(environment)
        page.start(environment)
        wait_until_healthy(f"http://127.0.0.1:{settings.prefect_port}/api/health", server)
        for child in others:
            child.start(environment)
        wait_until_healthy(f"{address}login", page)
        sys.stderr.write(f"Reprise: {address}  (Ctrl-C ends)\n")
        if open_browser:
            webbrowser.open(address)
        while not stopping:
            time.sleep(0.5)
            for child in running:
                if child.ended() and not stopping:
                    _start_again(child, environment)
    finally:
        for child in reversed(running):
            child.stop()


def _start_again(child: Child, environment: Mapping[str, str]) -> None:
    child.restarts += 1
    if child.restarts > RESTARTS_AT_MOST:
        raise ToolMissing(f"{child.name} keeps ending")
    sys.stderr.write(f"Reprise: {child.name} ended; starting it again\n")
    child.start(environment)
