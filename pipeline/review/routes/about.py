"""What this program is, who may do what, and its keys."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

import pipeline
from pipeline.review.screens import show
from pipeline.review.visit import AnyVisit

router = APIRouter()


@router.get("/about")
def about(request: Request, visit: AnyVisit) -> Response:
    """Open to everybody: it shows nothing of any patient."""
    return show(request, "about.html", version=pipeline.__version__)
