"""`classify`, `train`, `evaluate`: the reader by itself, without settings or storage."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, TextIO

import typer
from rich.console import Console

import classifiers
from bot.cli.common import FAILED, AsJson, print_json, told_plainly
from bot.core.rights import Reading

MODEL: Final = classifiers.MODEL_DIR
DATA: Final = classifiers.DATA_DIR


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("classify")(classify)
    app.command("train")(train)
    app.command("evaluate")(evaluate)


def classify(
    file: Annotated[Path, typer.Argument(help="JSONL with id, channel, subject, text; - reads standard input.")] = Path(
        "-"
    ),
    *,
    model: Annotated[Path, typer.Option(help="The pipeline's folder.")] = MODEL,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array instead of a line a message.")] = False,
) -> None:
    """Read messages and say what each asks for; needs no settings, keeps nothing."""
    told: list[dict[str, Any]] = []
    with told_plainly():
        reader = classifiers.load(model)
        for number, message in _messages(file):
            reading = reader.read(
                str(message.get("subject") or ""),
                str(message.get("text") or ""),
                str(message.get("channel") or "email"),
            )
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
        "any_right": round(reading.any_right, 4),
    }


def _messages(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    stream: TextIO = sys.stdin if str(file) == "-" else _open(file)
    with stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                message = json.loads(line)
            except json.JSONDecodeError as wrong:
                raise typer.BadParameter(f"{file}:{number} is no JSON object: {wrong}") from None
            if not isinstance(message, dict):
                raise typer.BadParameter(f"{file}:{number} is no JSON object")
            yield number, message


def _open(file: Path) -> TextIO:
    try:
        return file.open(encoding="utf-8")
    except OSError as failure:
        raise typer.BadParameter(f"{file} can't be read: {failure.strerror}") from None


def train(
    *,
    data: Annotated[Path, typer.Option(help="The corpus.")] = DATA,
    out: Annotated[Path, typer.Option(help="Where the pipeline goes.")] = MODEL,
    if_needed: Annotated[bool, typer.Option("--if-needed", help="Do nothing when the pipeline is current.")] = False,
) -> None:
    """Train the pipeline from the corpus: same data, same bytes."""
    console = Console(highlight=False)
    with told_plainly():
        if if_needed and not classifiers.needs_training(data, out):
            console.print("The reader is current.")
            return
        with console.status("Training the reader…") as status:
            metrics = classifiers.train(data, out, progress=lambda text: status.update(f"Training the reader: {text}"))
    console.print(f"The reader is trained: {metrics.summary()}")


def evaluate(
    file: Annotated[Path, typer.Argument(help="JSONL with labels (and also_ok) beside id, channel, subject, text.")],
    *,
    model: Annotated[Path, typer.Option(help="The pipeline's folder.")] = MODEL,
    picture: Annotated[Path | None, typer.Option(help="Write the reliability picture (SVG) here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the reader on labelled messages it has not learnt from."""
    with told_plainly():
        rows = [message for _, message in _messages(file)]
        report = classifiers.evaluate(classifiers.load(model), rows)
    if picture is not None:
        picture.write_text(report.reliability_svg(), encoding="utf-8")
    if as_json:
        print_json(report.as_dict())
    else:
        typer.echo(report.as_text())
    if not rows:
        raise typer.Exit(FAILED)
