"""Tokens, form tokens, passwords and the log-in's limit."""

from datetime import UTC, datetime, timedelta

from pipeline.review.security import (
    Attempts,
    csrf_fits,
    csrf_of,
    hash_of_token,
    new_token,
    password_fits,
    password_hash,
)

NOW = datetime(2025, 11, 14, 8, 0, tzinfo=UTC)


def test_a_form_token_fits_its_own_cookie_only():
    one, other = new_token(), new_token()
    assert csrf_fits(one, csrf_of(one))
    assert not csrf_fits(other, csrf_of(one))
    assert not csrf_fits("", csrf_of(""))
    assert not csrf_fits(one, "é")


def test_the_form_token_gives_neither_the_cookie_nor_its_stored_hash():
    token = new_token()
    assert token not in csrf_of(token) and hash_of_token(token) != csrf_of(token)


def test_a_password_fits_its_hash_only():
    stored = password_hash("un deux trois quatre")
    assert stored.startswith("$argon2id$")
    assert password_fits(stored, "un deux trois quatre")
    assert not password_fits(stored, "un deux trois cinq")
    assert not password_fits(None, "un deux trois quatre")
    assert not password_fits("no hash", "un deux trois quatre")


def test_failures_block_for_a_while_only():
    attempts = Attempts(3, timedelta(minutes=10))
    for minute in range(3):
        assert not attempts.blocked("a", NOW + timedelta(minutes=minute))
        attempts.failed("a", NOW + timedelta(minutes=minute))
    assert attempts.blocked("a", NOW + timedelta(minutes=3))
    assert not attempts.blocked("b", NOW + timedelta(minutes=3))
    assert not attempts.blocked("a", NOW + timedelta(minutes=10, seconds=1))


def test_a_success_forgets_failures():
    attempts = Attempts(1, timedelta(minutes=10))
    attempts.failed("a", NOW)
    attempts.forget("a")
    assert not attempts.blocked("a", NOW)
