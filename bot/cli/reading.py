"""`classify`, `train`, `evaluate`: the reader by itself, without settings or storage."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

import classifiers
from bot.bootstrap import model_of
from bot.cli.common import AsJson, print_json, told_plainly
from bot.cli.files import STDIN, read_lines, write_text
from bot.core.errors import BadInput
from bot.core.messages import MAIL
from bot.core.rights import Reading
from bot.settings import load_settings

DATA: Final = classifiers.DATA_DIR
MODEL: Final = classifiers.MODEL_DIR
TEXTS: Final = ("subject", "text", "channel")

Model = Annotated[Path | None, typer.Option(help="The pipeline's folder; by default the one `train` makes.")]
ModelOf = Annotated[
    Path | None, typer.Option("--config", "-c", help="Read with the pipeline these settings name; not needed.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("classify")(classify)
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def classify(
    file: Annotated[Path, typer.Argument(help="JSONL: id, channel, subject, text; - reads standard input.")] = STDIN,
    *,
    config: ModelOf = None,
    model: Model = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array instead of a line a message.")] = False,
) -> None:
    """Read messages and say what each asks for; needs no settings, keeps nothing."""
    told: list[dict[str, Any]] = []
    with told_plainly():
        reader = classifiers.load(_folder(config, model))
        for number, message in _messages(file):
            subject, text, channel = (message.get(key) or "" for key in TEXTS)
            reading = reader.read(subject, text, channel or MAIL)
            told.append(row(message.get("id", number), reading))
            if not as_json:
                sys.stdout.write(json.dumps(told.pop(), ensure_ascii=False) + "\n")
    if as_json:
        print_json(told)


def row(ident: object, reading: Reading) -> dict[str, Any]:
    """Return one reading as programs read it."""
    return {
        "id": ident,
        "labels": sorted(right.value for right in reading.rights),
        "confidence": round(reading.confidence, 4),
        "abstain": reading.abstain,
        "language": reading.language,
        "act": reading.act.value,
        "flags": sorted(flag.value for flag in reading.flags),
        "scope": sorted(scope.value for scope in reading.scopes),
        "evidence": [{"text": evidence.text, "label": evidence.label} for evidence in reading.evidence],
    }


def _folder(config: Path | None, model: Path | None) -> Path:
    if model is None and config is not None:
        return model_of(load_settings(config))
    return model or MODEL


def _messages(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield row number and message, one JSON object a line. Raises BadInput."""
    for number, line in read_lines(file):
        if not line.strip():
            continue
        try:
            message = json.loads(line)
        except (json.JSONDecodeError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise BadInput(f'row {number}: no JSON object; write one a line, such as {{"id": "1", "text": "…"}}')
        if wrong := [key for key in TEXTS if not isinstance(message.get(key) or "", str)]:
            raise BadInput(f"row {number}: {wrong[0]} must be a string")
        yield number, message


def train(
    *,
    data: Annotated[Path, typer.Option(help="The corpus.")] = DATA,
    out: Annotated[Path, typer.Option(help="Where the pipeline goes.")] = MODEL,
    reviewed: Annotated[
        Path | None, typer.Option(help="Lines of `corrections export` that somebody reviewed; they teach as well.")
    ] = None,
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Do nothing when the pipeline is current.")] = False,
    measure: Annotated[bool, typer.Option("--measure", help="Measure anew how well it reads: half an hour.")] = False,
    as_json: AsJson = False,
) -> None:
    """Train the pipeline from the corpus: same data, same bytes. A changed corpus is measured first: half an hour."""
    told = "The reader is current."
    with told_plainly():
        if reviewed is not None and out == MODEL:
            raise BadInput("a reader that learns from people's own words needs a folder of yours: add --out FOLDER")
        try:
            needed = not if_needed or classifiers.needs_training(data, out, reviewed)
            if needed:
                told = f"The reader is trained: {_train(data, out, measure=measure, reviewed=reviewed)}"
        except OSError as failure:
            raise BadInput(f"{failure.filename or out} can't be used: {failure.strerror}") from None
    if as_json:
        print_json({"trained": needed, "model": str(out), "told": told})
    else:
        typer.echo(told)


def _train(data: Path, out: Path, *, measure: bool, reviewed: Path | None) -> str:
    with Console(stderr=True, highlight=False).status("Training the reader…") as status:
        calibration = classifiers.train(
            data,
            out,
            progress=lambda text: status.update(f"Training the reader: {text}"),
            measure=measure,
            reviewed=reviewed,
        )
    return calibration.summary()


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSONL: labels (also_ok, data) beside id, channel, subject, text.")],
    *,
    config: ModelOf = None,
    model: Model = None,
    picture: Annotated[Path | None, typer.Option(help="Write the reliability picture (SVG) here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the reader on labelled messages it has not learnt from."""
    with told_plainly():
        rows = [message for _, message in _messages(file)]
        if not rows:
            raise BadInput(f"{file} holds no messages")
        report = classifiers.evaluate(classifiers.load(_folder(config, model)), rows)
        if picture is not None:
            write_text(picture, report.reliability_svg())
    if as_json:
        print_json(report.as_dict())
    else:
        typer.echo(report.as_text())
