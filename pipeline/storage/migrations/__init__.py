"""Alembic's environment; it travels inside the package so that an installed wheel can migrate."""
