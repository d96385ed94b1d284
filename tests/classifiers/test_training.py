"""Training repeats to the byte, knows when it is due, and refuses folders that don't fit."""

import json
import shutil
from pathlib import Path

import pytest

import classifiers
from bot.core.rights import RequestType
from classifiers import pipeline, training
from classifiers.calibration import FILE, kept
from classifiers.components import ModelError
from classifiers.corpus import CorpusError
from classifiers.network_training import Recipe
from classifiers.reviewed import load_reviewed


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_data_gives_the_same_bytes(tiny_corpus: Path, tiny_model: Path, tmp_path: Path) -> None:
    training.train(tiny_corpus, tmp_path / "again", progress=lambda _: None, recipe=Recipe(epochs=15))
    assert files(tmp_path / "again") == files(tiny_model)


def test_what_was_measured_once_is_not_measured_again(tiny_corpus: Path, tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(tiny_corpus, tmp_path / "corpus"))
    (corpus / FILE).unlink()

    def measuring(*, measure: bool = False) -> bool:
        told: list[str] = []
        training.train(corpus, tmp_path / "m", progress=told.append, recipe=Recipe(epochs=2), measure=measure)
        return any("measuring" in line for line in told)

    assert measuring()
    assert not measuring()
    assert measuring(measure=True)
    (corpus / FILE).write_text("{")
    assert measuring()
    with next(corpus.rglob("*.txt")).open("a", encoding="utf-8") as style:
        style.write("\n--- 900 | other | chat\nnew\n")
    assert measuring()


REVIEWED = {
    "id": "7", "case": "NX-1", "channel": "telegram", "language": "en", "subject": "", "text": "do the lantern thing",
    "read": ["other"], "labels": ["restriction"],
}  # fmt: skip


def test_reviewed_corrections_teach_a_pipeline_of_ones_own(tiny_corpus: Path, tiny_model: Path, tmp_path: Path) -> None:
    reviewed, own = tmp_path / "reviewed.jsonl", tmp_path / "own"
    texts = (
        "do the lantern thing",
        "lantern please",
        "put me on the lantern",
        "lantern for my file",
        "the lantern, thanks",
    )
    lines = [json.dumps(REVIEWED | {"id": str(n), "case": f"NX-{n}", "text": text}) for n, text in enumerate(texts)]
    reviewed.write_text("\n".join(lines) + "\n")
    before = (tiny_corpus / FILE).read_bytes()
    training.train(tiny_corpus, own, progress=lambda _: None, recipe=Recipe(epochs=15), reviewed=reviewed)
    asked = "the lantern for me please"
    assert RequestType.RESTRICTION not in pipeline.load(tiny_model, tiny_corpus).read("", asked, "chat").rights
    assert RequestType.RESTRICTION in pipeline.load(own).read("", asked, "chat").rights
    assert not classifiers.needs_training(tiny_corpus, own, reviewed)
    assert classifiers.needs_training(tiny_corpus, own)
    assert (tiny_corpus / FILE).read_bytes() == before  # people's words leave no trace beside the corpus


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", r"x.jsonl:1: no line of `corrections export`"),
        (json.dumps(REVIEWED | {"labels": ["erase"]}), "'erase' is not a valid RequestType"),
        (json.dumps(REVIEWED | {"labels": []}), "one or more labels"),
        (json.dumps(REVIEWED | {"labels": ["other", "access"]}), "`other` stands alone"),
        (json.dumps(REVIEWED | {"language": "it"}), "language 'it' is none of"),
    ],
)
def test_a_reviewed_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "x.jsonl").write_text(line)
    with pytest.raises(CorpusError, match=says):
        load_reviewed(tmp_path / "x.jsonl")


def test_the_calibration_we_ship_is_of_this_corpus_and_code() -> None:
    assert kept(classifiers.DATA_DIR) is not None, (
        "run `nexio-intake train` and commit classifiers/data/calibration.json"
    )


def test_nothing_is_pickled(tiny_model: Path) -> None:
    assert {Path(name).suffix for name in files(tiny_model)} <= {".json", ".npz", ".npy", ".cfg", ""}


def test_metrics_and_thresholds_travel_with_the_model(tiny_model: Path) -> None:
    meta = json.loads((tiny_model / "meta.json").read_text())["nexio"]
    assert meta["metrics"]["messages"] == 240
    assert meta["metrics"]["micro_f1"] > 0.8
    assert 0 <= meta["sure"] <= 1


def test_training_is_due_when_data_change(tiny_corpus: Path, tiny_model: Path, tmp_path: Path) -> None:
    assert not classifiers.needs_training(tiny_corpus, tiny_model)
    assert classifiers.needs_training(tiny_corpus, tmp_path / "nowhere")
    changed = tmp_path / "corpus"
    shutil.copytree(tiny_corpus, changed)
    with next(changed.rglob("*.txt")).open("a", encoding="utf-8") as style:
        style.write("\n--- 900 | other | chat\nnew\n")
    assert classifiers.needs_training(changed, tiny_model)


def test_progress_is_told(tiny_corpus: Path, tmp_path: Path) -> None:
    told: list[str] = []
    metrics = training.train(tiny_corpus, tmp_path / "m", progress=told.append, recipe=Recipe(epochs=2))
    assert told[0] == "reading 240 messages"
    assert "240 messages in 20 styles" in metrics.summary()


def test_no_pipeline_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nexio-intake train"):
        classifiers.load(tmp_path)


def test_a_pipeline_made_by_other_code_or_data_is_refused(tiny_corpus: Path, tiny_model: Path, tmp_path: Path) -> None:
    assert pipeline.load(tiny_model, tiny_corpus).name
    grown = tmp_path / "corpus"
    shutil.copytree(tiny_corpus, grown)
    with next(grown.rglob("*.txt")).open("a", encoding="utf-8") as style:
        style.write("\n--- 900 | other | chat\nnew\n")
    with pytest.raises(ModelError, match=r"is out of date: .*run `nexio-intake train`"):
        pipeline.load(tiny_model, grown)
    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    meta = json.loads((other / "meta.json").read_text())
    meta["nexio"]["code_hash"] = "another"
    (other / "meta.json").write_text(json.dumps(meta))
    with pytest.raises(ModelError, match="is out of date"):
        pipeline.load(other)


@pytest.mark.parametrize(("name", "written"), [("meta.json", "{"), ("meta.json", "{}"), ("config.cfg", "[nlp")])
def test_a_damaged_pipeline_says_what_to_do(tiny_model: Path, tmp_path: Path, name: str, written: str) -> None:
    other = tmp_path / "other"
    shutil.copytree(tiny_model, other)
    (other / name).write_text(written)
    with pytest.raises(ModelError, match=f"run `nexio-intake train --out {other}`"):
        pipeline.load(other)
