"""The application: addresses, and what answers them. FastAPI is imported when it is made."""

# Without `from __future__ import annotations`: FastAPI reads the annotations of what is within.

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from importlib.resources import files
from typing import Any

from .. import __version__
from ..texts import json_text
from ..words import short
from . import openapi, predicting, protocol, tensors
from .guard import State, Told, error_json, refuse
from .limits import Limits, Refused
from .line import Line
from .metrics import Metrics
from .models import Looker, Models

BINARY = "application/octet-stream"
PAGE = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/ask.js": ("ask.js", "text/javascript; charset=utf-8"),
    "/docs": ("docs.html", "text/html; charset=utf-8"),
    "/docs.js": ("docs.js", "text/javascript; charset=utf-8"),
}


class Answered:
    """A refused request as the answer of an endpoint."""

    def __init__(self, refused: Refused, metrics: Metrics):
        self.refused, self.metrics = refused, metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        told: Told = scope["papernets"]
        reason = self.refused.reason or "request"
        self.metrics.refused(reason)
        told.extra["refused"] = reason
        assert told.body is not None
        await refuse(self.refused, told.body, told, send)


def make(
    models: Models,
    lookers: Mapping[str, Looker],
    limits: Limits,
    line: Line,
    metrics: Metrics,
    state: State,
) -> Any:
    """The FastAPI application, to stand inside a `Guard`."""
    from fastapi import FastAPI, Request, Response
    from starlette.exceptions import HTTPException

    app = FastAPI(
        title="Papernets",
        version=__version__,
        description=openapi.ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )

    def told_of(request: Request, route: str) -> Told:
        told: Told = request.scope["papernets"]
        told.route = route
        return told

    def answer(value: object, status: int = 200) -> Response:
        return Response(json_text(value).encode(), status, media_type="application/json")

    async def work(told: Told, job: Callable[[bytes], Any]) -> Any:
        """What a job makes of the body, in the line of requests."""
        until = asyncio.get_running_loop().time() + limits.seconds
        line.check()
        assert told.body is not None
        content = await told.body.read(until)
        return await line.done(partial(job, content), until)

    async def predict(request: Request) -> Response:
        told = told_of(request, "/predict")
        kind, query = request.headers.get("content-type", ""), dict(request.query_params)

        def job(content: bytes) -> Any:
            return predicting.predicted(models, content, kind, query, limits)

        value, told.model, read, unread = await work(told, job)
        told.pictures = read + unread
        metrics.pictures(told.model, read, unread)
        return answer(value)

    async def look(request: Request) -> Response:
        told = told_of(request, "/look")
        kind, query = request.headers.get("content-type", ""), dict(request.query_params)

        def job(content: bytes) -> Any:
            return predicting.looking(models, lookers, content, kind, query, limits)

        value, told.model = await work(told, job)
        return answer(value)

    async def infer(request: Request) -> Response:
        told = told_of(request, "/v2/models/{name}/infer")
        model = _versioned(models, request.path_params)
        told.model = model.name
        _plain_encoding(request.headers.get("content-encoding"))
        header = request.headers.get(tensors.HEADER)

        def job(content: bytes) -> Any:
            return protocol.infer(model, tensors.read(content, header), limits)

        value, rest, told.pictures = await work(told, job)
        metrics.pictures(model.name, told.pictures or 0, 0)
        if not rest:
            return answer(value)
        head = json_text(value).encode()
        sizes = {tensors.HEADER: str(len(head))}
        return Response(head + rest, media_type=BINARY, headers=sizes)

    async def model_metadata(request: Request) -> Response:
        told_of(request, "/v2/models/{name}")
        return answer(protocol.metadata(_versioned(models, request.path_params)))

    async def model_ready(request: Request) -> Response:
        told_of(request, "/v2/models/{name}/ready")
        model = _versioned(models, request.path_params)
        return answer({"name": model.name, "ready": state.ready}, 200 if state.ready else 503)

    async def live(request: Request) -> Response:
        told_of(request, "/v2/health/live")
        return answer({"live": True})

    async def ready(request: Request) -> Response:
        told_of(request, "/v2/health/ready")
        return answer({"ready": state.ready}, 200 if state.ready else 503)

    async def server(request: Request) -> Response:
        told_of(request, "/v2")
        return answer(
            {"name": "papernets", "version": __version__, "extensions": protocol.EXTENSIONS}
        )

    async def index(request: Request) -> Response:
        told = told_of(request, "/v2/repository/index")
        assert told.body is not None
        await told.body.read(asyncio.get_running_loop().time() + limits.seconds)
        known = {"version": protocol.VERSION, "state": "READY", "reason": ""}
        return answer([{"name": name, **known} for name in models.every])

    async def listing(request: Request) -> Response:
        told_of(request, "/models")
        return answer(_listing(models, lookers, limits))

    async def counted(request: Request) -> Response:
        told_of(request, "/metrics")
        content, kind = metrics.text()
        return Response(content, media_type=kind)

    async def described(request: Request) -> Response:
        told_of(request, "/openapi.json")
        return answer(openapi.completed(app.openapi(), limits))

    async def page(request: Request) -> Response:
        path = request.url.path
        told_of(request, path)
        return Response(contents[path][0], media_type=contents[path][1])

    async def refused(request: Request, error: Exception) -> Any:
        assert isinstance(error, Refused)
        return Answered(error, metrics)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        said = {404: "there is nothing at this address", 405: "not with this method"}
        content = error_json(said.get(error.status_code, str(error.detail)))
        heads = dict(error.headers or {})
        return Response(content, error.status_code, heads, media_type="application/json")

    async def failed(request: Request, error: Exception) -> Response:
        said = "the server failed; its log has the reason under this X-Request-Id"
        return Response(error_json(said), 500, media_type="application/json")

    folder = files("papernets.serve") / "page"
    contents = {path: ((folder / name).read_bytes(), kind) for path, (name, kind) in PAGE.items()}
    for path in PAGE:
        app.add_api_route(path, page, methods=["GET"], include_in_schema=False)
    version = "/v2/models/{name}/versions/{version}"
    routes: list[tuple[str, str, Callable[..., Any]]] = [
        ("POST", "/predict", predict),
        ("POST", "/look", look),
        ("GET", "/models", listing),
        ("GET", "/v2", server),
        ("GET", "/v2/health/live", live),
        ("GET", "/v2/health/ready", ready),
        ("GET", "/v2/models/{name}", model_metadata),
        ("GET", "/v2/models/{name}/ready", model_ready),
        ("POST", "/v2/models/{name}/infer", infer),
        ("GET", version, model_metadata),
        ("GET", f"{version}/ready", model_ready),
        ("POST", f"{version}/infer", infer),
        ("POST", "/v2/repository/index", index),
        ("GET", "/metrics", counted),
        ("GET", "/openapi.json", described),
    ]
    for method, path, endpoint in routes:
        app.add_api_route(
            path,
            endpoint,
            methods=[method],
            openapi_extra=openapi.of(method, path),
            response_class=Response,
            operation_id=openapi.name_of(method, path),
        )
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(Exception, failed)
    return app


def _versioned(models: Models, path: Mapping[str, str]) -> Any:
    """The model of an address; `Refused` for another version than ours."""
    model = models.named(path["name"])
    if path.get("version", protocol.VERSION) != protocol.VERSION:
        raise Refused(404, f"there is version {protocol.VERSION} of each model", reason="model")
    return model


def _plain_encoding(given: str | None) -> None:
    if given not in (None, "", "identity"):
        raise Refused(
            415, "Content-Encoding is not read: send the body as it is", reason="content_type"
        )


def _listing(models: Models, lookers: Mapping[str, Looker], limits: Limits) -> dict[str, Any]:
    """What the page, and whoever writes a client, must know."""
    every = [
        {
            "name": model.name,
            "network": short(model.bundle.info.network),
            **model.about.to_dict(),
            "input": list(model.input),
            "classes": list(model.classes),
            "looks": lookers[model.name].able,
            "figures": model.figures.to_dict(),
        }
        for model in models.every.values()
    ]
    return {
        "models": every,
        "limits": {
            "bytes": limits.bytes,
            "pixels": limits.pixels,
            "pictures": limits.pictures,
            "seconds": limits.seconds,
        },
    }
