"""The house's rules: imports, settings and commands documented, small files, nothing of this machine."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from typer.main import get_command

ROOT = Path(__file__).parents[2]
TEXTS = {".py", ".md", ".txt", ".toml", ".html", ".json", ".tsv", ".in", ""}
SOURCES = sorted(path for top in ("pipeline", "flows") for path in (ROOT / top).rglob("*.py"))


def test_imports_run_down_only():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_every_setting_is_documented():
    from pipeline.settings import Settings

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"REPRISE_{name.upper()}" not in readme]
    assert not missing


def commands():
    from pipeline.cli.main import app

    group = get_command(app)
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from ((f"{name} {sub}", inner) for sub, inner in command.commands.items())
        else:
            yield name, command


def test_every_command_has_help_an_example_and_a_line_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = dict(commands())
    assert {"read", "rank", "parse", "match", "predict", "evaluate", "import", "run", "serve"} <= set(found)
    for name, command in found.items():
        assert command.help, name
        assert "Example:" in (command.epilog or ""), name
        assert f"reprise {name}" in readme, name
        for parameter in command.params:
            assert getattr(parameter, "help", None), (name, parameter.name)


def test_nobody_else_owns_our_import_names():
    owners = packages_distributions()
    for name in ("pipeline", "flows"):
        assert set(owners.get(name, ["reprise"])) <= {"reprise"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_say_one_thing(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 310, "split it"
    if path.name != "__init__.py":
        assert re.match(r'\s*(#!.*\n)?"""', text), "a module opens with one sentence"


def test_flows_stay_short():
    for path in (ROOT / "flows").glob("*.py"):
        if path.name in ("batch.py", "nightly.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 60


def test_nothing_committed_names_a_registry_or_this_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    hosts = re.compile(r"(files\.pythonhosted|pypi\.org|registry\.npmjs|/work/|/root/)")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in TEXTS and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            if path != Path(__file__):
                assert not hosts.search(text), name
