"""Who may log in, and who is logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from pipeline.domain.errors import UsageError
from pipeline.domain.people import User
from pipeline.storage.engine import Database, insert_new
from pipeline.storage.schema import sessions, users


class People:
    """Users and their sessions; a session is known by its token's hash, never by the token."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_user(self, user: User) -> None:
        """Store a new user.

        Raises:
            UsageError: the name is taken.
        """
        row = {
            "name": user.name,
            "display_name": user.display_name,
            "role": user.role,
            "password_hash": user.password_hash,
            "doctor": user.doctor,
            "must_change": user.must_change,
            "language": user.language,
        }
        with self._database.writing() as connection:
            statement = insert_new(connection, users).values(row).returning(users.c.name)
            if connection.execute(statement).first() is None:
                raise UsageError("this log-in name is taken")

    def user(self, name: str) -> User | None:
        """Return the user with a log-in name."""
        with self._database.reading() as connection:
            row = connection.execute(select(users).where(users.c.name == name)).first()
            return None if row is None else _user_of(row)

    def users(self) -> list[User]:
        """Return all users by name."""
        with self._database.reading() as connection:
            return [_user_of(row) for row in connection.execute(select(users).order_by(users.c.name))]

    def set_password(self, name: str, password_hash: str, must_change: bool) -> None:
        """Replace a user's password hash.

        Raises:
            KeyError: no such user.
        """
        self._change(name, password_hash=password_hash, must_change=must_change)

    def set_language(self, name: str, language: str) -> None:
        """Set the language of a user's screens, "fr" or "en".

        Raises:
            KeyError: no such user.
        """
        self._change(name, language=language)

    def _change(self, name: str, **values: Any) -> None:
        with self._database.writing() as connection:
            changed = update(users).where(users.c.name == name).values(**values)
            if connection.execute(changed).rowcount == 0:
                raise KeyError(name)

    def open_session(self, token_hash: str, user: str, expires: datetime) -> None:
        """Log a user in until `expires` (UTC)."""
        row = {"token_hash": token_hash, "user_name": user, "expires": expires}
        with self._database.writing() as connection:
            connection.execute(insert_new(connection, sessions).values(row))

    def session_user(self, token_hash: str, now: datetime) -> User | None:
        """Return whose session this is; None = unknown, closed or over."""
        query = select(users).join_from(sessions, users, users.c.name == sessions.c.user_name)
        with self._database.reading() as connection:
            row = connection.execute(
                query.where(sessions.c.token_hash == token_hash, sessions.c.expires > now)
            ).first()
            return None if row is None else _user_of(row)

    def close_sessions(self, user: str) -> int:
        """Log a user out everywhere; return how many sessions that were."""
        with self._database.writing() as connection:
            return connection.execute(delete(sessions).where(sessions.c.user_name == user)).rowcount

    def close_session(self, token_hash: str) -> None:
        """Log out."""
        with self._database.writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


def _user_of(row: Any) -> User:
    return User(
        row.name,
        row.display_name,
        row.role,
        row.password_hash,
        row.doctor,
        row.must_change,
        row.language,
    )
