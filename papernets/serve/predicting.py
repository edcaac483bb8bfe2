"""`/predict` and `/look`: what is read of a request, and what is answered; without a web server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..words import plural
from .given import given
from .limits import Limits, Refused
from .line import Turn
from .look import looked
from .models import Looker, Models

TOP = 3
INSIDE = re.compile(r"<[^<>]*? at 0x[0-9a-fA-F]+>|0x[0-9a-fA-F]{6,}")
"""What a library's message may have of this process."""


def predicted(
    models: Models,
    content: bytes,
    kind: str,
    query: Mapping[str, str],
    limits: Limits,
    turn: Turn,
) -> tuple[dict[str, Any], str, int, int]:
    """The answer to `/predict`, the model's name, pictures read and not read.

    `Refused` where none of the pictures could be read, as `predict` exits with 1.
    """
    asked = given(content, kind, limits)
    model = models.named(query.get("model", asked.model))
    top = _top(query.get("top", asked.top))
    answers = model.answers(asked.pictures(), top, limits, turn)
    told = []
    for answer in answers:
        values = answer.to_dict()
        del values["file"]
        if answer.error:
            values["error"] = plain(answer.error)
        told.append(values)
    unread = sum(1 for one in answers if one.error)
    if unread == len(answers):
        first = plain(answers[0].error)
        what = "the picture" if unread == 1 else f"none of {plural(unread, 'picture')}"
        verb = "cannot be read" if unread == 1 else "can be read; the first"
        raise Refused(422, f"{what} {verb}: {first}", reason="picture")
    return {"model": model.name, "predictions": told}, model.name, len(told) - unread, unread


def looking(
    models: Models,
    lookers: Mapping[str, Looker],
    content: bytes,
    kind: str,
    query: Mapping[str, str],
    limits: Limits,
    turn: Turn,
) -> tuple[dict[str, Any], str]:
    """The answer to `/look`, and the model's name."""
    asked = given(content, kind, limits)
    model = models.named(query.get("model", asked.model))
    pictures = asked.pictures()
    if len(pictures) != 1:
        raise Refused(400, "one picture is looked at: send one", reason="pictures")
    found = looked(lookers[model.name], pictures[0], query.get("class"), limits, turn)
    return found, model.name


def plain(reason: str) -> str:
    """Why a picture cannot be read, without what is this process's own."""
    return INSIDE.sub("the file", reason)[:300]


def _top(given: object) -> int:
    if given is None:
        return TOP
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) < 1:
        raise Refused(400, "top is to be a whole number of at least 1", reason="top")
    return int(text)
