"""The database: schema, migrations and repositories; the only room that knows SQL."""
