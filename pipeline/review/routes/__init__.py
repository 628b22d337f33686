"""The addresses of the review page, one file a subject."""
