"""Verbs that keep running or send out: serve, watch, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.screen import say
from pipeline.wiring import House


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command("serve", epilog="Example: `REPRISE_DATA_DIR=/srv/reprise reprise serve`")(serve)
    app.command("export", epilog="Example: `reprise export --to outbox/`")(export)


def serve(
    open_browser: Annotated[bool, typer.Option("--open", help="Open the review page in a browser.")] = False,
) -> None:
    """Start Prefect's server, the schedule, the watched inbox and the review page; Ctrl-C stops them all."""
    from flows.launcher import serve as serve_all
    from pipeline.settings import Settings

    serve_all(Settings(), open_browser=open_browser)


def export(
    to: Annotated[Path | None, typer.Option(help="Folder; default: the outbox.")] = None,
) -> None:
    """Write what doctors approved as a FHIR R4 transaction Bundle; a second export changes nothing."""
    house = House.open()
    count, path = house.export(to)
    say(f"{count} approved updates -> {path}" if path else "nothing new is approved")
