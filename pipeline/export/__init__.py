"""The door out: the only room that knows FHIR's words, the predicted page, and the outbox."""
