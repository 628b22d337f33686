"""A Prefect server inside this process, for as long as one flow takes: what both import is imported once."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from pipeline.domain.errors import ToolMissing

if TYPE_CHECKING:
    import uvicorn

HEALTHY_WITHIN_S = 300.0  # Prefect starts in 4 CPU seconds; a machine that reads pages has few to spare
STOP_WITHIN_S = 20.0


@contextmanager
def server_within(port: int) -> Iterator[None]:
    """Answer Prefect's API on 127.0.0.1; set Prefect's environment and import nothing of it before.

    No scheduler, no user interface and no work pools run here: one flow needs none of them.

    Args:
        port: a free one.

    Raises:
        ToolMissing: it did not start.
    """
    import uvicorn

    gc.disable()  # importing Prefect makes very many objects that stay: looking through them costs an eighth
    try:
        from prefect.server.api.server import create_app

        app = create_app(ephemeral=True, ignore_cache=True)
    finally:
        gc.enable()
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, lifespan="on")
    )
    thread = Thread(target=server.run, name="prefect server", daemon=True)
    thread.start()
    try:
        _wait_until_started(server, thread)
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_WITHIN_S)


def _wait_until_started(server: uvicorn.Server, thread: Thread) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while not server.started:
        if not thread.is_alive():
            raise ToolMissing("prefect server ended while starting")
        if time.monotonic() > deadline:
            raise ToolMissing(f"prefect server did not answer within {HEALTHY_WITHIN_S:.0f} s")
        time.sleep(0.05)
