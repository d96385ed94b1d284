"""The steps of the pipeline as spaCy components; each reads and adds to the notes that travel with a document."""

import itertools
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Protocol, Self

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from bot.core.errors import RightsDeskError
from bot.core.messages import MAIL
from bot.core.rights import Correction, DataCategory, Entity, Evidence, RequestType
from classifiers.circumstances import UNSET, Circumstances, Setting
from classifiers.clauses import Clause, clauses, sentences
from classifiers.corrections import find_corrections
from classifiers.decision import Decision, Judge
from classifiers.encoder import WIDTH, Encoder, Encodes
from classifiers.entities import find_entities
from classifiers.evidence import find_evidence
from classifiers.features import BLOCKS, Counted, Features, Floats, Twice, Vocabularies, cue_rows, said_in
from classifiers.language import UNTOLD, LanguageModel, Told
from classifiers.lexicon import Cue, load_lexicons
from classifiers.linear import Linear
from classifiers.naming import CATEGORIES, named_in
from classifiers.network import ClauseNetwork, batch
from classifiers.quoting import own_spans
from classifiers.text import Given, tokens, without_invisible

NOTES: Final = "nexio"
MAX_VECTORS: Final = 40
MAX_HEARD: Final = 400
MAX_TOLD: Final = 120


@dataclass(slots=True)
class Notes:
    """What the steps found so far in one message."""

    given: Given
    chat: bool = False
    sentences: list[Clause] = field(default_factory=list)
    told: Told = UNTOLD
    clauses: list[Clause] = field(default_factory=list)
    features: Twice[Features] | None = None
    decision: Decision | None = None
    setting: Setting = UNSET
    categories: frozenset[DataCategory] = frozenset()
    evidence: tuple[Evidence, ...] = ()
    entities: tuple[Entity, ...] = ()
    corrections: tuple[Correction, ...] = ()


class ModelError(RightsDeskError):
    """The pipeline's folder can't be used; the text says what to do."""


def notes_of(doc: Doc) -> Notes:
    """Return the notes that travel with a document."""
    notes: Notes = doc.user_data[NOTES]
    return notes


def document(vocab: Vocab, given: Given, channel: str) -> Doc:
    """Make a document; words are cut in linear time, whatever the text."""
    cut: list[str] = []
    spaced: list[bool] = []
    for piece in tokens(given.text):
        if piece == " " and spaced and not spaced[-1]:
            spaced[-1] = True
        else:
            cut.append(piece)
            spaced.append(False)
    doc = Doc(vocab, words=cut, spaces=spaced)
    doc.user_data[NOTES] = Notes(given, chat=channel != MAIL)
    return doc


class OwnWords:
    """Finds what the person wrote now, sentence by sentence."""

    def __call__(self, doc: Doc) -> Doc:
        """Note the sentences."""
        notes = notes_of(doc)
        notes.sentences = sentences(notes.given.text, own_spans(notes.given.text, notes.given.body))
        return doc


class Tongue:
    """Tells the language."""

    model: LanguageModel

    def __call__(self, doc: Doc) -> Doc:
        """Note the language."""
        notes = notes_of(doc)
        text = notes.given.text
        # Word by word: marks between them, however many, must not use up what is read.
        said = (text[word.start : word.end] for sentence in notes.sentences for word in sentence.words)
        notes.told = self.model.tell(" ".join(itertools.islice(said, MAX_TOLD)))
        return doc

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write what was learnt."""
        self.model.to_disk(Path(path))

    def from_disk(self, path: Path, **_: Any) -> Self:
        """Read what was learnt."""
        self.model = LanguageModel.from_disk(Path(path))
        return self


class Cues:
    """Marks who does what to which thing, in the message's language."""

    def __init__(self) -> None:
        self._lexicons = load_lexicons()

    def __call__(self, doc: Doc) -> Doc:
        """Note the cues of each sentence, and lay them over the document."""
        notes = notes_of(doc)
        lexicon = self._lexicons[notes.told.nearest]
        notes.sentences = [replace(said, cues=tuple(lexicon.find(said.said))) for said in notes.sentences]
        spans = (_span(doc, said, cue, cue.concept) for said in notes.sentences for cue in said.cues)
        doc.spans["cues"] = list(filter(None, spans))
        return doc


class Naming:
    """Tells which categories of data the person names, by their words and the cues around them."""

    def __init__(self) -> None:
        self._lexicons = load_lexicons(CATEGORIES)

    def __call__(self, doc: Doc) -> Doc:
        """Note the categories, and lay the words that name them over the document."""
        notes = notes_of(doc)
        lexicon = self._lexicons[notes.told.nearest]
        spans = []
        for sentence in notes.sentences:
            for category, cue in named_in(lexicon.find(sentence.said), sentence.cues):
                notes.categories |= {category}
                spans.append(_span(doc, sentence, cue, category.value))
        doc.spans["categories"] = list(filter(None, spans))
        return doc


class Parts:
    """Parts the sentences into clauses: one thing said at a time."""

    def __call__(self, doc: Doc) -> Doc:
        """Note the clauses."""
        notes = notes_of(doc)
        notes.clauses = clauses(notes.given.text, notes.sentences, notes.told.nearest)
        return doc


class Looks:
    """Turns the message into what the models weigh."""

    vocabularies: Vocabularies

    def __init__(self, encoder: Encodes | None = None) -> None:
        self._concepts = load_lexicons()["fr"].concepts
        self._encoder = encoder or Encoder()

    def __call__(self, doc: Doc) -> Doc:
        """Note the features."""
        notes = notes_of(doc)
        counted = self.count(notes)
        weigh = self.vocabularies.weigh
        notes.features = Twice(weigh(counted.by_sentence), weigh(counted.by_clause))
        return doc

    def count(self, notes: Notes) -> Twice[Counted]:
        """Count what stands in a message; a clause is heard by the vector of its sentence, which costs the most."""
        vectors = self._vectors(notes)
        starts = [sentence.start for sentence in notes.sentences]
        homes = [bisect_right(starts, clause.start) - 1 for clause in notes.clauses]
        return Twice(
            self._counted(notes, notes.sentences, vectors), self._counted(notes, notes.clauses, vectors[homes])
        )

    def _counted(self, notes: Notes, parts: Sequence[Clause], vectors: Floats) -> Counted:
        """Count what stands in a message cut one way; one without words has one empty part."""
        return Counted(
            clauses=tuple(map(said_in, parts)) or ({block: {} for block in BLOCKS},),
            cues=cue_rows(parts, self._concepts),
            vectors=vectors if parts else np.zeros((1, WIDTH), np.float32),
            language=notes.told.nearest,
            chat=notes.chat,
        )

    def _vectors(self, notes: Notes) -> Floats:
        """Return a vector a sentence, zeros for those that are not telling."""
        vectors = np.zeros((len(notes.sentences), WIDTH), np.float32)
        if notes.sentences:
            vectors[telling(notes)] = self._encoder.encode(heard(notes))
        return vectors

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the names that are weighed."""
        self.vocabularies.to_disk(Path(path))

    def from_disk(self, path: Path, **_: Any) -> Self:
        """Read the names that are weighed."""
        self.vocabularies = Vocabularies.from_disk(Path(path))
        return self


class Rights:
    """Decides which rights are exercised, and shows by which words."""

    linear: Linear
    network: ClauseNetwork
    judge: Judge

    def __call__(self, doc: Doc) -> Doc:
        """Note the decision and its evidence."""
        notes = notes_of(doc)
        features = features_of(doc).by_sentence
        if not notes.sentences:
            notes.decision = Decision(frozenset({RequestType.OTHER}), 0.0, 0.0, {})
            return doc
        laid_out = batch([features])
        notes.decision = self.judge.decide(self.linear.scores(features), self.network.scores(laid_out)[0])
        notes.evidence = find_evidence(notes.given, notes.sentences, notes.decision.rights, self.network, laid_out)
        return doc

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write both models and the calibration."""
        self.linear.to_disk(Path(path) / "linear")
        self.network.to_disk(Path(path) / "network")
        (Path(path) / "judge.json").write_text(json.dumps(self.judge.as_json(), indent=1), encoding="utf-8")

    def from_disk(self, path: Path, **_: Any) -> Self:
        """Read both models and the calibration."""
        self.linear = Linear.from_disk(Path(path) / "linear")
        self.network = ClauseNetwork.from_disk(Path(path) / "network")
        self.judge = Judge.from_json(json.loads((Path(path) / "judge.json").read_text(encoding="utf-8")))
        return self


class Around:
    """Reads what stands around the rights: act, flags, scope."""

    model: Circumstances

    def __call__(self, doc: Doc) -> Doc:
        """Note the setting."""
        notes = notes_of(doc)
        if notes.sentences and notes.decision:
            features = features_of(doc).by_clause
            notes.setting = self.model.read(features, batch([features]), notes.decision.rights)
        return doc

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the heads."""
        self.model.to_disk(Path(path))

    def from_disk(self, path: Path, **_: Any) -> Self:
        """Read the heads."""
        self.model = Circumstances.from_disk(Path(path))
        return self


class Facts:
    """Finds names, addresses, numbers, and what a rectification wants changed."""

    def __call__(self, doc: Doc) -> Doc:
        """Note entities and corrections."""
        notes = notes_of(doc)
        notes.entities = find_entities(notes.given.text)
        if notes.decision and RequestType.RECTIFICATION in notes.decision.rights:
            notes.corrections = find_corrections(notes.given.text, notes.entities)
        return doc


class _Factory(Protocol):
    def __call__(self) -> Any: ...


def _span(doc: Doc, clause: Clause, cue: Cue, label: str) -> Span | None:
    """Return a cue's words as a span of the document; None where the document cut them otherwise."""
    span = doc.char_span(clause.words[cue.first].start, clause.words[cue.last].end, label=label)
    return span if isinstance(span, Span) else None


def heard(notes: Notes) -> list[str]:
    """Return what is encoded of a message: its telling sentences."""
    said = ((sentence.start, sentence.end) for sentence in (notes.sentences[i] for i in telling(notes)))
    return [_calm(notes.given.text[start:end])[:MAX_HEARD] for start, end in said]


def telling(notes: Notes) -> list[int]:
    """Return which sentences are worth a vector: in a long message those with the most cues."""
    return sorted(range(len(notes.sentences)), key=lambda i: -len(notes.sentences[i].cues))[:MAX_VECTORS]


def _calm(text: str) -> str:
    """Return what the encoder hears: without invisible marks, and in a calm voice where somebody shouts."""
    plain = without_invisible(text)
    return plain.lower() if plain.isupper() else plain


STEPS: Final[dict[str, _Factory]] = {
    "nexio_own_words": OwnWords,
    "nexio_language": Tongue,
    "nexio_cues": Cues,
    "nexio_naming": Naming,
    "nexio_clauses": Parts,
    "nexio_looks": Looks,
    "nexio_rights": Rights,
    "nexio_around": Around,
    "nexio_facts": Facts,
}


def features_of(doc: Doc) -> Twice[Features]:
    """Return what the models weigh. Raises ModelError before `Looks` saw the document."""
    features = notes_of(doc).features
    if features is None:
        raise ModelError("the pipeline's steps are out of order: nexio_looks comes before the models")
    return features


def _register(name: str, step: _Factory) -> None:
    def create(nlp: Language, name: str) -> Any:  # noqa: ARG001 - spaCy calls factories by these names
        return step()

    Language.factory(name, func=create)


for _name, _step in STEPS.items():
    _register(_name, _step)
