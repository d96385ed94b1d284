"""What a cross-validation found, kept beside the corpus it was taken on, so that not every training repeats it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classifiers.decision import Judge
from classifiers.fingerprint import code_hash, data_hash

FILE: Final = "calibration.json"


@dataclass(frozen=True, slots=True)
class Calibration:
    """How scores become decisions, where each head around the rights speaks up, and how well all that does."""

    judge: Judge
    thresholds: Mapping[str, float]
    figures: Mapping[str, Any]

    def summary(self) -> str:
        """Say in one line how well the models read what they had not seen."""
        figures = self.figures
        return (
            f"{figures['messages']} messages in {figures['styles']} styles, micro F1 {figures['micro_f1']:.3f}, "
            f"macro F1 {figures['macro_f1']:.3f} on unseen styles"
        )


def kept(data_dir: Path) -> Calibration | None:
    """Return the calibration beside a corpus, or None where there is none of this corpus and code."""
    try:
        found = json.loads((data_dir / FILE).read_text(encoding="utf-8"))
        if (found["data_hash"], found["code_hash"]) != (data_hash(data_dir), code_hash()):
            return None
        return Calibration(Judge.from_json(found["judge"]), found["thresholds"], found["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # missing or damaged: it is measured anew


def keep(calibration: Calibration, data_dir: Path) -> None:
    """Write a calibration beside its corpus."""
    made = {
        "data_hash": data_hash(data_dir),
        "code_hash": code_hash(),
        "judge": calibration.judge.as_json(),
        "thresholds": dict(calibration.thresholds),
        "figures": dict(calibration.figures),
    }
    (data_dir / FILE).write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
