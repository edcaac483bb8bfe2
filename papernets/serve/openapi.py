"""What OpenAPI says of the server: bodies, parameters and answers of each address."""

from __future__ import annotations

from typing import Any

from .given import FIELD, FORM, JSON
from .limits import TOGETHER, Limits

Values = dict[str, Any]
ABOUT = (
    "Trained networks that say what is on a picture. `POST /predict` takes picture files and "
    "answers with labels and scores; `/v2/...` is the Open Inference Protocol, which KServe's and "
    'Triton\'s clients speak. Every error is `{"error": why}`.'
)
ERRORS = {
    400: "What was sent is not as it should be.",
    401: "The server has a token, and it was not sent.",
    403: "A page of elsewhere asks.",
    404: "There is no model, or version, of this name.",
    408: "The request was not here in time.",
    413: "Too many bytes, pixels, pictures or values.",
    414: "The address is too long.",
    415: "This kind of content is not read.",
    421: "The Host is not this server's.",
    422: "The picture cannot be read, or there is no such class.",
    431: "The head is too large.",
    429: "Too many requests are waiting: Retry-After says when to come again.",
    503: "Not ready, or not answered in time: Retry-After says when to come again.",
}
BODY = (400, 401, 403, 404, 408, 413, 414, 415, 421, 422, 429, 431, 503)
PLAIN = (401, 404, 414, 421, 431)
NUMBER: Values = {"type": "number"}
TEXT: Values = {"type": "string"}


def _table(required: list[str] | None = None, **properties: Values) -> Values:
    names = list(properties) if required is None else required
    return {"type": "object", "properties": properties, "required": names}


def _list(items: Values, least: int = 0) -> Values:
    return {"type": "array", "items": items, **({"minItems": least} if least else {})}


PAIR = _table(label=TEXT, score=NUMBER)
ANSWERED = _table(label=TEXT, score=NUMBER, top=_list(PAIR))
PREDICTIONS = _table(
    model=TEXT, predictions=_list({"oneOf": [ANSWERED, _table(error=TEXT)]}, least=1)
)
PNG: Values = {**TEXT, "description": "A PNG, as data:image/png;base64,..."}
LOOKED = _table(model=TEXT, label=TEXT, method=TEXT, layer=TEXT, seen=PNG, heat=PNG)
TENSOR = _table(
    ["name", "datatype", "shape"],
    name=TEXT,
    datatype={"type": "string", "enum": ["FP32", "UINT8", "BYTES"]},
    shape=_list({"type": "integer", "minimum": 0}),
    parameters={"type": "object"},
    data={"type": "array"},
)
ASKED = _table(
    ["inputs"],
    id=TEXT,
    parameters={"type": "object"},
    inputs=_list(TENSOR, least=1),
    outputs=_list(_table(["name"], name=TEXT, parameters={"type": "object"})),
)
BYTES: Values = {"type": "string", "format": "binary"}
PICTURES: Values = {
    FORM: {"schema": _table([FIELD], **{FIELD: _list(BYTES, least=1)})},
    JSON: {
        "schema": {
            **_table(
                ["pictures"],
                pictures=_list({"type": "string", "contentEncoding": "base64"}, least=1),
                model=TEXT,
                top={"type": "integer", "minimum": 1, "maximum": 999_999},
            ),
            "additionalProperties": False,
        }
    },
    "application/octet-stream": {"schema": BYTES},
    "image/*": {"schema": BYTES},
}
MODEL: Values = {
    "name": "model",
    "in": "query",
    "schema": TEXT,
    "description": "The model that is asked; without it the first.",
}
TOP: Values = {
    "name": "top",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": 999_999, "default": 3},
    "description": "How many classes are given: all, where the model has fewer.",
}
CLASS: Values = {
    "name": "class",
    "in": "query",
    "schema": TEXT,
    "description": "The class that is looked for; without it the answer's.",
}
NAMES = {
    "/predict": ("predict", "What is on pictures, as papernets predict says of each alone"),
    "/look": (
        "look",
        "Where a class is seen in a picture: its class map, a PNG in JSON",
    ),
    "/models": ("models", "The models, their classes and test errors, and the limits"),
    "/metrics": ("metrics", "What was counted, in Prometheus's format"),
    "/openapi.json": ("openapi", "This description"),
    "/v2": ("server_metadata", "The server"),
    "/v2/health/live": ("live", "Whether the server is alive"),
    "/v2/health/ready": ("ready", "Whether the server is ready; while it ends it is not"),
    "/v2/repository/index": ("repository_index", "The names of the models"),
}
KINDS = {"": "metadata", "/ready": "ready", "/infer": "infer"}
TOLD = {
    "metadata": "What a model takes and gives",
    "ready": "Whether a model is ready",
    "infer": "What a model says of tensors or pictures",
}
VERSIONS = "/versions/{version}"


def name_of(method: str, path: str) -> str:
    """An operation's name: `model_infer`, `model_version_infer`."""
    if path in NAMES:
        return NAMES[path][0]
    rest = path.removeprefix("/v2/models/{name}")
    own = "model_version" if rest.startswith(VERSIONS) else "model"
    return f"{own}_{KINDS[rest.removeprefix(VERSIONS)]}"


def of(method: str, path: str) -> Values:
    """What is said of an address."""
    name = name_of(method, path)
    said = NAMES[path][1] if path in NAMES else TOLD[name.rpartition("_")[2]]
    found: Values = {"summary": said}
    content: Values = {JSON: {"schema": {"type": "object"}}}
    parameters: list[Values] = []
    if path in ("/predict", "/look"):
        found["requestBody"] = {"required": True, "content": PICTURES}
        parameters = [MODEL, TOP] if path == "/predict" else [MODEL, CLASS]
        content = {JSON: {"schema": PREDICTIONS if path == "/predict" else LOOKED}}
    elif name.endswith("infer"):
        found["requestBody"] = {
            "required": True,
            "content": {JSON: {"schema": ASKED}, "application/octet-stream": {"schema": BYTES}},
        }
        content = {JSON: {"schema": {"type": "object"}}, "application/octet-stream": {}}
    elif path == "/metrics":
        content = {"text/plain": {"schema": TEXT}}
    elif path == "/v2/repository/index":
        content = {JSON: {"schema": _list({"type": "object"})}}
    errors = BODY if "requestBody" in found or method == "POST" else PLAIN
    if name.endswith("ready"):
        errors = (*errors, 503)
    told: Values = {"200": {"description": "The answer.", "content": content}}
    error = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    for status in errors:
        told[str(status)] = {"description": ERRORS[status], "content": error}
    for part in ("name", "version"):
        if f"{{{part}}}" in path:
            parameters.append({"name": part, "in": "path", "required": True, "schema": TEXT})
    return {**found, "responses": told, **({"parameters": parameters} if parameters else {})}


def completed(made: Values, limits: Limits) -> Values:
    """FastAPI's description with the error's schema, and this server's limits in words."""
    parts = {**made.get("components", {})}
    parts["schemas"] = {**parts.get("schemas", {}), "Error": _table(error=TEXT)}
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    said = (
        f"{ABOUT}\n\nA request may have {limits.bytes:,} bytes, {limits.pictures} pictures of "
        f"{limits.pixels:,} pixels each and {TOGETHER} times as many together, and is answered "
        f"within {limits.seconds:g} seconds."
    )
    info = {**made["info"], "description": said}
    return {**made, "info": info, "components": parts, "security": [{}, {"token": []}]}
