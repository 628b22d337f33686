"""The demonstration: an invented practice's day of paper, read, matched, proposed and opened for review."""

from __future__ import annotations

import os
import unicodedata
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.dataset import import_dataset
from pipeline.cli.run import run_flow
from pipeline.cli.screen import say
from pipeline.cli.users import add_user
from pipeline.cli.work import scans_in, show_status, take_in
from pipeline.domain.errors import UsageError
from pipeline.domain.review import Role
from pipeline.settings import Settings
from pipeline.wiring import House

PASSWORD = "papier-2025"  # of invented people, in a database of invented patients, on 127.0.0.1


def add_to(app: typer.Typer) -> None:
    """Add this file's verbs."""
    app.command("demo", epilog="Example: `reprise demo --no-serve`")(demo)


def sample_scans() -> Path:
    """Return the folder sample_scans/ of the checkout.

    Raises:
        UsageError: there is none, as in an installed wheel.
    """
    spec = find_spec("pipeline")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    for folder in (Path("sample_scans"), package.parent / "sample_scans"):
        if (folder / "scans").is_dir():
            return folder
    raise UsageError("sample_scans/ is not here; run this from a checkout")


def demo(
    serve: Annotated[bool, typer.Option(help="Open the review page afterwards.")] = True,
    data: Annotated[Path, typer.Option(help="Where the demonstration's data goes.")] = Path("demo-data"),
) -> None:
    """Ingest, read, match and propose sample_scans/, then open the review page."""
    os.environ["REPRISE_DATA_DIR"] = str(data)
    os.environ["REPRISE_DATABASE_URL"] = ""
    house = House(Settings())
    dataset = sample_scans()
    import_dataset(house, dataset)
    logins = add_people(house)
    receipt = take_in(house, scans_in([dataset / "scans"]), sender="demo")
    run_flow(house, receipt.batch.id)
    show_status(house)
    say(f"Review page: http://{house.settings.review_host}:{house.settings.review_port}/")
    say("Log-ins (password " + PASSWORD + "): " + ", ".join(logins))
    if serve:
        from flows.launcher import serve as serve_all

        house.close()
        serve_all(house.settings, open_browser=True)


def login_of(name: str) -> str:
    """Return a log-in name that every keyboard can type: the last name, no accents."""
    letters = unicodedata.normalize("NFKD", name.split()[-1].lower())
    return letters.encode("ascii", "ignore").decode()


def add_people(house: House) -> list[str]:
    """Add a secretary, an administrator and every doctor of the practice; return their log-in names."""
    names = ["secretaire", "admin"]
    add_user(
        house, "secretaire", Role.SECRETARY, PASSWORD, display="Secrétariat", doctor=None, must_change=False
    )
    add_user(house, "admin", Role.ADMIN, PASSWORD, display="Administration", doctor=None, must_change=False)
    for doctor in house.store.registry.doctors():
        name = login_of(doctor.name)
        add_user(
            house, name, Role.DOCTOR, PASSWORD, display=doctor.name, doctor=doctor.name, must_change=False
        )
        names.append(name)
    return names
