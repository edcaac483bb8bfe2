"""The pictures of a request to `/predict`: a form's files, the body itself, or base64 in JSON."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from ..texts import TooMany, parsed
from ..words import plural
from .limits import Limits, Refused

FIELD = "file"
FORM, JSON = "multipart/form-data", "application/json"
BYTES = ("", "application/octet-stream", "application/x-www-form-urlencoded")
"""Content types of a picture's bytes, besides `image/*`; the last is what curl says unasked."""
MOST_HEAD, MOST_PARTS = 8 << 10, 1000
"""Bytes of a part's head, and parts of a form."""


@dataclass
class Given:
    """The pictures of a request in their order, and what JSON says besides.

    They are files, or `coded` in base64, which is read last: a wrong name is told before it.
    """

    files: list[bytes]
    model: str | None = None
    top: object = None
    coded: list[str] = field(default_factory=list)

    def pictures(self) -> list[bytes]:
        """The bytes of the files; `Refused` for a text that is not base64."""
        return [*self.files, *(_bytes(text, at) for at, text in enumerate(self.coded))]


def given(content: bytes, kind: str, limits: Limits) -> Given:
    """The pictures of a body of this content type; `Refused` where there are none, or too many."""
    plain = kind.partition(";")[0].strip().lower()
    if not content:
        raise Refused(400, "the request is empty: send a picture", reason="empty")
    if plain == FORM:
        found = Given(_of_form(content, kind, limits))
    elif plain == JSON:
        found = _of_json(content, limits)
    elif plain.startswith("image/") or plain in BYTES:
        found = Given([content])
    else:
        raise Refused(
            415,
            f"Content-Type {_brief(plain)} is not read: send {FORM} with the field {FIELD!r}, a "
            f"picture's bytes as image/* or application/octet-stream, or {JSON}",
            reason="content_type",
        )
    return found


def _brief(text: str) -> str:
    plain = "".join(c if c.isprintable() and c.isascii() else "?" for c in text)
    return repr(plain[:60])


def _too_many(limits: Limits) -> Refused:
    return Refused(
        413,
        f"a request may have {plural(limits.pictures, 'picture')}: send the others in another",
        reason="pictures",
    )


def _large_head() -> Refused:
    return Refused(400, "a part of the form has too large a head", reason="form")


@dataclass
class _Parts:
    """The parts of a form, as python-multipart tells them; only files named `file` are kept."""

    limits: Limits
    files: list[bytes] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    count: int = 0
    ended: bool = False

    def begin(self) -> None:
        self.count += 1
        if self.count > MOST_PARTS:
            raise Refused(400, f"a form may have {MOST_PARTS:,} parts", reason="form")
        self.heads: dict[bytes, bytes] = {}
        self.name, self.value = bytearray(), bytearray()
        self.content: bytearray | None = None

    def head_name(self, data: bytes, start: int, end: int) -> None:
        self.name += data[start:end]
        self._measure()

    def head_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]
        self._measure()

    def _measure(self) -> None:
        if len(self.name) + len(self.value) > MOST_HEAD or len(self.heads) > 32:
            raise _large_head()

    def head_end(self) -> None:
        self.heads[bytes(self.name).lower()] = bytes(self.value)
        self.name, self.value = bytearray(), bytearray()

    def heads_end(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self.heads.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if name != FIELD:
            self.others.add(name)
            return
        if len(self.files) >= self.limits.pictures:
            raise _too_many(self.limits)
        self.content = bytearray()

    def data(self, data: bytes, start: int, end: int) -> None:
        if self.content is not None:
            self.content += data[start:end]

    def part_end(self) -> None:
        if self.content is not None:
            self.files.append(bytes(self.content))

    def end(self) -> None:
        self.ended = True


def _of_form(content: bytes, kind: str, limits: Limits) -> list[bytes]:
    """The files of a form's field `file`."""
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    _, options = parse_options_header(kind)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 200:
        raise Refused(400, f"{FORM} without a boundary in its Content-Type", reason="form")
    parts = _Parts(limits)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": parts.begin,
            "on_header_field": parts.head_name,
            "on_header_value": parts.head_value,
            "on_header_end": parts.head_end,
            "on_headers_finished": parts.heads_end,
            "on_part_data": parts.data,
            "on_part_end": parts.part_end,
            "on_end": parts.end,
        },
    )
    # before the first boundary anything may stand (RFC 2046, section 5.1.1), and means nothing
    first = re.search(rb"(?:\A|\r\n)--" + re.escape(boundary) + rb"(?:\r\n|--)", content)
    try:
        parser.write(memoryview(content)[first.start() :].tobytes() if first else content)
        parser.finalize()
    except FormParserError as error:
        if "header" in str(error) and "exceeded" in str(error):  # the parser's own limits
            raise _large_head() from None
        raise Refused(400, f"the body is no {FORM} as its boundary says", reason="form") from None
    if not parts.ended:
        raise Refused(400, "the form is cut short: its last boundary is missing", reason="form")
    if not parts.files:
        seen = ", ".join(map(_brief, sorted(parts.others)[:3]))
        raise Refused(
            400,
            f"the form has no file in the field {FIELD!r}" + (f", but {seen}" if seen else ""),
            reason="form",
        )
    return parts.files


def json_of(content: bytes) -> dict[str, Any]:
    """An object of JSON; `Refused` for anything else."""
    try:
        value = parsed(content)
    except TooMany as error:
        raise Refused(
            413, f"the JSON has {error}: send tensors in binary, or picture files", reason="values"
        ) from None
    except ValueError as error:
        why = str(error)[:120]
        raise Refused(400, f"the body is not JSON that is read: {why}", reason="json") from None
    if not isinstance(value, dict):
        raise Refused(400, "the body is JSON, but no object", reason="json")
    return value


def _of_json(content: bytes, limits: Limits) -> Given:
    """`{"pictures": [base64, ...], "model": NAME, "top": N}`; `picture` for one alone."""
    value = json_of(content)
    unknown = sorted(set(value) - {"picture", "pictures", "model", "top"})
    if unknown:
        raise Refused(400, f"unknown key {_brief(unknown[0])}: pictures, model, top", reason="json")
    texts = value.get("pictures", [value["picture"]] if "picture" in value else None)
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        raise Refused(
            400, '"pictures" is to be a list of pictures in base64, at least one', reason="json"
        )
    if len(texts) > limits.pictures:
        raise _too_many(limits)
    model = value.get("model")
    if model is not None and not isinstance(model, str):
        raise Refused(400, '"model" is to be a name', reason="json")
    return Given([], model, value.get("top"), texts)


def _bytes(text: str, at: int) -> bytes:
    if text.startswith("data:"):  # as a browser gives it
        text = text.partition(",")[2]
    return base64_of(text, f"picture {at}")


def base64_of(text: str, what: str) -> bytes:
    """The bytes of a text in base64; `Refused` for any other."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(400, f"{what} is not base64", reason="json") from None
