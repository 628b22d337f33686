"""The review page: where people settle whose paper it is and decide, line by line, what enters a record."""
