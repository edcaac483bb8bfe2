"""The application and its verbs; each verb's file imports what it needs when it runs."""

from __future__ import annotations

from typing import Annotated

import typer

from . import (
    bulk,
    cite,
    compare,
    convert,
    data,
    diff,
    doctor,
    draw,
    evaluate,
    explain,
    explore,
    export,
    find_lr,
    lessons,
    listing,
    look,
    predict,
    recipe,
    reproduce,
    serve,
    train,
    verify,
    weights,
)
from .flags import Settable, Verb, Verbs
from .many import check_verb

app = typer.Typer(
    name="papernets",
    cls=Verbs,
    help="Every classic convolutional network, exactly as its paper printed it.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from .versions import told

        typer.echo(told())
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_version,
            is_eager=True,
            help="Print the versions of Papernets, torch and runtimes.",
        ),
    ] = False,
) -> None:
    check_verb(str(context.invoked_subcommand))


app.command("list", cls=Verb)(listing.list_networks)
app.command("explain", cls=Verb)(explain.explain)
app.command("draw", cls=Verb)(draw.draw)
app.command("explore", cls=Verb)(explore.explore)
app.command("compare", cls=Verb)(compare.compare)
app.command("diff", cls=Verb)(diff.diff)
app.command("lessons", cls=Verb)(lessons.lessons)
app.command("lesson", cls=Verb, context_settings=lessons.OWN_OPTIONS)(lessons.lesson)
app.command("cite", cls=Verb)(cite.cite)
app.command("verify", cls=Verb)(verify.verify)
app.command("recipe", cls=Verb)(recipe.recipe)
app.command("look", cls=Verb)(look.look)
app.command("doctor", cls=Verb)(doctor.doctor)
app.command("train", cls=Settable)(train.train)
app.command("find-lr", cls=Settable)(find_lr.find_lr)
app.command("evaluate", cls=Verb)(evaluate.evaluate)
app.command("reproduce", cls=Verb)(reproduce.reproduce)
app.command("predict", cls=Verb)(predict.predict)
app.command("merge", cls=Verb)(bulk.merge)
app.command("serve", cls=Verb)(serve.serve)
app.command("export", cls=Verb)(export.export)
app.command("convert", cls=Verb)(convert.convert)
app.add_typer(data.app, name="data")
app.add_typer(weights.app, name="weights")
