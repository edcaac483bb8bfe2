"""serve: trained networks as a web service."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from . import screen
from .flags import Device, WrongUse, answers_by, wrong_use
from .runtimes import AUTO, made_of, runtime_named
from .stopping import Stopped

NAMES = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="BUNDLE...",
        help="Bundles, runs or trained networks by name; NAME=BUNDLE gives one another name.",
        show_default=False,
    ),
]


def serve(
    bundles: NAMES = None,
    host: Annotated[
        str,
        typer.Option(
            "--host", help="The address to listen on. Not this machine's own: see --token-file."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="The port; 0: any free one.", min=0, max=65535)
    ] = 0,
    token_file: Annotated[
        str,
        typer.Option("--token-file", help="A file with the token that clients must send."),
    ] = "",
    insecure: Annotated[
        bool,
        typer.Option("--insecure", help="Let everybody who reaches --host ask, without a token."),
    ] = False,
    workers: Annotated[
        int,
        typer.Option(
            "--workers", help="Answers computed at a time; 0: one a core.", min=0, max=256
        ),
    ] = 0,
    threads: Annotated[
        int, typer.Option("--threads", help="CPU threads of each answer.", min=1, max=1024)
    ] = 1,
    device: Device = "cpu",
    runtime: Annotated[
        str, typer.Option("--runtime", help="torch, onnxruntime or openvino: what computes.")
    ] = "torch",
    max_bytes: Annotated[
        int, typer.Option("--max-bytes", help="Bytes of a request.", min=1024, max=1 << 30)
    ] = 32 << 20,
    max_pixels: Annotated[
        int, typer.Option("--max-pixels", help="Pixels of a picture.", min=1, max=178_956_970)
    ] = 50_000_000,
    max_pictures: Annotated[
        int, typer.Option("--max-pictures", help="Pictures of a request.", min=1, max=10_000)
    ] = 16,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout",
            help="Seconds until a request must be here and answered.",
            min=0.1,
            max=3600,
        ),
    ] = 30.0,
    queue: Annotated[
        int, typer.Option("--queue", help="Requests that wait or are computed.", min=1, max=100_000)
    ] = 200,
    max_connections: Annotated[
        int, typer.Option("--max-connections", help="Connections at a time.", min=1, max=100_000)
    ] = 1000,
) -> None:
    """Say over HTTP what pictures show.

    A page, JSON, and the Open Inference Protocol, which KServe's and Triton's clients speak.
    The first line on stdout is the address; the log, a JSON object a line, goes to stderr. SIGTERM
    ends it when what was accepted is answered.
    """
    if not bundles:
        raise WrongUse("name what is served: papernets serve lenet5, or a bundle's folder")
    from ..serve.access import Access, is_home, read_token
    from ..serve.limits import Limits

    runtime = runtime_named(runtime, False, device)
    if runtime == AUTO:
        raise WrongUse(
            "--runtime auto is for predict and evaluate, which say what is quickest here: name it "
            "to serve"
        )
    home = is_home(host)
    _check_access(host, home, token_file, insecure)
    with wrong_use():
        token = read_token(token_file) if token_file else ""
    from ..machine import cores
    from ..serve.models import WrongNames, names_of
    from ..serve.run import Work, bound, check_packages, run

    check_packages()
    where = answers_by(device, threads)
    other = made_of(runtime, threads)
    work = Work(where, workers or max(1, cores() // threads), threads, other)
    limits = Limits(max_bytes, max_pixels, max_pictures, timeout, queue, max_connections)
    try:
        names = names_of(bundles)
    except WrongNames as error:
        raise WrongUse(str(error)) from None
    with wrong_use():
        listening = bound(host, port)
    stopped = run(names, listening, limits, Access(token, home), work, _say)
    if stopped == signal.SIGINT:
        raise KeyboardInterrupt
    if stopped:
        raise Stopped(stopped)


def _check_access(host: str, home: bool, token_file: str, insecure: bool) -> None:
    """Whoever can ask must be meant."""
    if token_file and insecure:
        raise WrongUse("--token-file and --insecure: give one of them")
    if not home and not token_file and not insecure:
        raise WrongUse(
            f"--host {host} can be reached from other machines: give --token-file FILE, whose "
            "token clients must send, or --insecure"
        )


def _say(address: str) -> None:
    screen.say(address)
    sys.stdout.flush()
