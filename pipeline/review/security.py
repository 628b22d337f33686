"""Tokens, passwords, the log-in's rate limit and the headers that keep a browser honest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SESSION_COOKIE = "reprise_session"
LANGUAGE_COOKIE = "reprise_language"
NOTICE_COOKIE = "reprise_notice"
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

_hasher = PasswordHasher()
# Verified where the user is unknown, so that an unknown name takes as long as a wrong password.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))


def new_token() -> str:
    """Return 256 random bits, safe in a cookie."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """Return what the database keeps instead of a session's token: sha256, hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return the form token that belongs to a cookie's token; another site can read neither."""
    return hmac.new(token.encode(), b"reprise form", hashlib.sha256).hexdigest()


def csrf_fits(token: str, sent: str) -> bool:
    """Whether a form came from a page that this cookie was shown."""
    return bool(token) and hmac.compare_digest(csrf_of(token).encode(), sent.encode())


def password_hash(password: str) -> str:
    """Return the argon2id hash."""
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether a password is the right one; None = nobody has that name, and it takes as long."""
    try:
        _hasher.verify(stored or _NOBODY, password[:LONGEST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


class Attempts:
    """Counts failed log-ins in memory, a key (name or address) at a time.

    Attributes:
        most: failures allowed within `span`.
        span: how long a failure counts.
    """

    def __init__(self, most: int, span: timedelta) -> None:
        self.most = most
        self.span = span
        self._failed: defaultdict[str, deque[datetime]] = defaultdict(deque)
        self._lock = Lock()

    def blocked(self, key: str, now: datetime) -> bool:
        """Whether this key has failed too often of late."""
        with self._lock:
            times = self._failed.get(key)
            while times and times[0] <= now - self.span:
                times.popleft()
            if times is not None and not times:
                del self._failed[key]
            return times is not None and len(times) >= self.most

    def failed(self, key: str, now: datetime) -> None:
        """Remember a failure."""
        with self._lock:
            self._failed[key].append(now)

    def forget(self, key: str) -> None:
        """Forget a key's failures, after a success."""
        with self._lock:
            self._failed.pop(key, None)
