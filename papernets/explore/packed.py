"""Values deflated for the page, which reads them when they are first wanted."""

from __future__ import annotations

import base64
import json
import zlib


def packed(value: object) -> str:
    """A value as JSON, deflated, in base64."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()
