"""Puts the verbs together, and turns errors into sentences and exit codes."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError

from pipeline import __version__
from pipeline.cli import (
    demo,
    formulary,
    interactions,
    reconcile,
    registry,
    rules,
    run,
    serving,
    stages,
    users,
)
from pipeline.cli.screen import say_error
from pipeline.domain.errors import RepriseError, UsageError

app = typer.Typer(
    name="reprise",
    help="From an outage's handwritten paper to approved record updates.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="Exit codes: 0 done, 1 error, 2 usage, 5 a program or model is missing, 6 unreadable scan, "
    "7 unreadable registry, drug database, thesaurus or rules, 8 something is left to reconcile. Results go "
    "to standard output, progress and messages to standard error.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"reprise {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and end."
    ),
) -> None:
    """From an outage's handwritten paper to approved record updates."""


for verbs in (stages, registry, formulary, interactions, rules, run, reconcile, serving, users, demo):
    verbs.add_to(app)


def main() -> None:
    """Run the command line; the entry point of `reprise`."""
    try:
        app()
    except RepriseError as error:
        say_error(error)
        sys.exit(error.exit_code)
    except ValidationError as error:
        names = ", ".join("REPRISE_" + str(row["loc"][0]).upper() for row in error.errors() if row["loc"])
        say_error(UsageError(names))
        sys.exit(UsageError.exit_code)
    except BrokenPipeError:
        sys.exit(0)
