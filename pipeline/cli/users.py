"""Verbs about people: who may log in."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer

from pipeline.cli.screen import table
from pipeline.domain.errors import UsageError
from pipeline.domain.people import User
from pipeline.domain.review import Role
from pipeline.wiring import House

user_app = typer.Typer(help="Add and list the people who may log in.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.add_typer(user_app, name="user", epilog="Example: `reprise user add c.martin --role doctor`")


@user_app.command(epilog='Example: `reprise user add cmartin --role doctor --doctor "Dr Claire MARTIN"`')
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Log-in name.")],
    role: Annotated[Role, typer.Option(help="What this person may do.")],
    display: Annotated[str, typer.Option(help="As screens show it.")] = "",
    doctor: Annotated[str, typer.Option(help="For doctors: the name that their pages carry.")] = "",
    password_stdin: Annotated[
        bool, typer.Option(help="Read the first password from standard input.")
    ] = False,
) -> None:
    """Add somebody; prints a first password, which the first log-in replaces."""
    house = House.open()
    password = sys.stdin.readline().strip() if password_stdin else secrets.token_urlsafe(9)
    if len(password) < 8:
        raise UsageError("a password has 8 characters or more")
    if not add_user(house, name, role, password, display=display or doctor or name, doctor=doctor or None):
        raise UsageError(f"{name}: this log-in name is taken")
    if not password_stdin:
        typer.echo(password)


@user_app.command("list", epilog="Example: `reprise user list`")
def list_users() -> None:
    """List who may log in."""
    users = House.open().store.people.users()
    table("users", {user.name: f"{user.role.value}  {user.display_name}" for user in users})


def add_user(
    house: House,
    name: str,
    role: Role,
    password: str,
    *,
    display: str,
    doctor: str | None = None,
    must_change: bool = True,
) -> bool:
    """Add a user unless the name is taken; return whether it was new."""
    from argon2 import PasswordHasher

    key = name.strip().lower()
    if house.store.people.user(key) is not None:
        return False
    password_hash = PasswordHasher().hash(password)
    house.store.people.add_user(User(key, display, role, password_hash, doctor, must_change))
    return True
