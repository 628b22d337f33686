"""Who works with the program."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.domain.review import Role


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in.

    Attributes:
        name: log-in name, unique, lower case.
        display_name: as screens show it ("Dr Claire MARTIN").
        role: what this user may do.
        password_hash: argon2id.
        doctor: the prescriber that a doctor's own pages carry; None for others.
        must_change: the password was given by somebody else and has to be replaced at log-in.
        language: "fr" or "en".
    """

    name: str
    display_name: str
    role: Role
    password_hash: str
    doctor: str | None = None
    must_change: bool = False
    language: str = "fr"
