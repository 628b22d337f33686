"""Verbs about the warnings: list the rules, switch one off or on for the practice."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli.screen import say
from pipeline.settings import Settings

rules_app = typer.Typer(help="List the rules behind the warnings, switch them.", no_args_is_help=True)
_SEVERITIES = {"high": "haute / high", "medium": "moyenne / medium", "low": "basse / low"}
_Name = Annotated[
    str, typer.Argument(metavar="RULE", help="A rule's name, as `reprise rules list` prints it.")
]


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.add_typer(rules_app, name="rules", epilog="Example: `reprise rules list`")


@rules_app.command("list", epilog="Example: `reprise rules list > rules.tsv`")
def list_rules() -> None:
    """Print every rule as tab-separated text: name, on or off, severity, French, English, source."""
    from pipeline.proposing.checks import Checks, switched_off
    from pipeline.proposing.rules import table

    checks = Checks(off=switched_off(Settings().rules_file))
    typer.echo("règle / rule\tétat / state\tgravité / severity\tfrançais\tEnglish\tsource")
    for name, row in table("rules").items():
        state = "active / on" if checks.is_on(name) else "éteinte / off"
        typer.echo(
            "\t".join((name, state, _SEVERITIES[row["severity"]], row["fr"], row["en"], row["source"]))
        )


@rules_app.command(epilog="Example: `reprise rules off tenfold_neighbour`")
def off(name: _Name) -> None:
    """Switch a rule off for this practice: it raises no warning on pages read from then on."""
    _switch(name, on=False)


@rules_app.command(epilog="Example: `reprise rules on tenfold_neighbour`")
def on(name: _Name) -> None:
    """Switch a rule on again."""
    _switch(name, on=True)


def _switch(name: str, *, on: bool) -> None:
    from pipeline.proposing.checks import switch

    switch(Settings().rules_file, name, on=on)
    say(f"{name} : {'active / on' if on else 'éteinte / off'}")
