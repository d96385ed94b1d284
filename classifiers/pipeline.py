"""The trained pipeline as one folder, and the reader made from it."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import spacy
from spacy.language import Language
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn, untyped

from bot.core.rights import Reading
from classifiers.components import STEPS, ModelError, Notes, document, notes_of
from classifiers.fingerprint import META, complaint
from classifiers.text import given

T = TypeVar("T")


class PipelineReader:
    """Reads one message after another; whatever the text, it answers in bounded time."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp
        # Sums this small are done before a second thread has woken; waiting for one doubles the processor time.
        self._blas = ThreadpoolController()
        self._meta: Mapping[str, Any] = nlp.meta[META]
        self._sure = float(self._meta["sure"])
        self.name = str(self._meta["model"])

    def read(self, subject: str, text: str, channel: str) -> Reading:
        r"""Say what one message asks for; all offsets are into `subject + "\n" + text`, or the text alone."""
        with self._blas.limit(limits=1, user_api="blas"):
            notes = notes_of(self._nlp(document(self._nlp.vocab, given(subject, text), channel)))
        return self._reading(notes)

    def _reading(self, notes: Notes) -> Reading:
        decision, setting = notes.decision, notes.setting
        if decision is None:
            raise ModelError("the pipeline lacks a step: run `nexio-intake train`")
        return Reading(
            rights=decision.rights,
            confidence=decision.confidence,
            abstain=decision.confidence < self._sure,
            any_right=decision.any_right,
            language=notes.told.language,
            act=setting.act,
            flags=setting.flags,
            scopes=setting.scopes,
            scores=decision.scores,
            evidence=notes.evidence,
            entities=notes.entities,
            corrections=notes.corrections,
            categories=notes.categories,
            model=self.name,
        )


def load(path: Path, data_dir: Path | None = None) -> PipelineReader:
    """Load the pipeline from its folder; with a corpus, only the one that it makes. Raises ModelError."""
    wrong = complaint(path, data_dir)
    if not wrong:
        try:
            return PipelineReader(spacy.util.load_model_from_path(path, exclude=["vocab"]))
        except (OSError, ValueError, KeyError) as broken:
            wrong = f"the pipeline in {path} is damaged ({type(broken).__name__})"
    raise ModelError(f"{wrong}: run `nexio-intake train{'' if data_dir else f' --out {path}'}`")


def blank(steps: Iterable[str] = STEPS) -> Language:
    """Make a pipeline that has learnt nothing yet."""
    nlp = spacy.blank("xx")
    for step in steps:
        nlp.add_pipe(step)
    return nlp


def step(nlp: Language, name: str, kind: type[T]) -> T:
    """Return one step of a pipeline, typed."""
    found: object = nlp.get_pipe(name)
    if not isinstance(found, kind):
        raise ModelError(f"{name} is no {kind.__name__}")
    return found
