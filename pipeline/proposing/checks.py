"""What the flags rest on beside the built-in tables: the imported thesaurus, and which rules are on."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.errors import BadRules
from pipeline.domain.review import Flag
from pipeline.proposing.rules import in_order, table
from pipeline.proposing.thesaurus import Thesaurus


@dataclass(frozen=True, slots=True)
class Checks:
    """A practice's choice of rules and sources.

    Attributes:
        thesaurus: as imported; None = the built-in table of pairs serves alone.
        off: rules that the practice switched off; rules that rules.toml switches off are off anyway.
    """

    thesaurus: Thesaurus | None = None
    off: frozenset[str] = frozenset()

    def kept(self, flags: Iterable[Flag]) -> tuple[Flag, ...]:
        """Return the flags whose rule is on, in the order of the screen."""
        return in_order(flag for flag in flags if self.is_on(flag.rule))

    def is_on(self, rule: str) -> bool:
        """Tell whether a rule may raise flags."""
        return bool(table("rules")[rule]["on"]) and rule not in self.off


BUILT_IN = Checks()


def switched_off(path: Path) -> frozenset[str]:
    """Return the rules that a practice's file switches off; no file, none.

    Raises:
        BadRules: it is not TOML, or names a rule that there is not.
    """
    if not path.is_file():
        return frozenset()
    try:
        switches = tomllib.loads(path.read_text(encoding="utf-8")).get("on", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadRules(f"{path.name}: not TOML") from error
    if not isinstance(switches, dict):
        raise BadRules(f"{path.name}: no table [on]")
    for name, on in switches.items():
        if name not in table("rules") or not isinstance(on, bool):
            raise BadRules(f"{path.name}: {name} is no rule, or neither true nor false")
    return frozenset(name for name, on in switches.items() if not on)


def switch(path: Path, rule: str, *, on: bool) -> None:
    """Write into a practice's file that a rule is on or off; the other switches stay.

    Raises:
        BadRules: there is no such rule, or the file cannot be used.
    """
    if rule not in table("rules"):
        raise BadRules(f"{rule}: no such rule")
    off = switched_off(path) - {rule} if on else switched_off(path) | {rule}
    lines = ["# Rules that this practice switched off; `reprise rules` shows all of them.", "[on]"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "\n".join([*lines, *(f"{name} = false" for name in sorted(off))]) + "\n", encoding="utf-8"
    )
