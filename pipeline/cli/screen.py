"""What the terminal shows: bars and messages on standard error, results on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipeline.domain.errors import RepriseError

messages = Console(stderr=True, highlight=False)
results = Console(highlight=False)


def say(text: str) -> None:
    """Print a message for the person at the terminal."""
    messages.print(text, markup=False)


def say_error(error: RepriseError) -> None:
    """Print an error in both languages, with what it says of itself."""
    detail = str(error)
    messages.print(f"{error.french}\n{error.english}", style="red", markup=False)
    if detail:
        messages.print(detail, markup=False)


def emit(row: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[..., None]]:
    """Show a progress bar on standard error; call what it yields once a step, or with how many steps."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=messages, transient=False) as progress:
        task = progress.add_task(title, total=total)
        yield lambda steps=1: progress.advance(task, steps)


def table(title: str, rows: Mapping[str, Any]) -> None:
    """Print names and figures as a small table."""
    grid = Table(title=title, show_header=False, title_justify="left", title_style="bold")
    for name, value in rows.items():
        grid.add_row(name, str(value))
    results.print(grid)
