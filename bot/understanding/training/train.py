"""The training of the model, and the measure of how sure it may be.

Run ``python -m bot.understanding.training.train``: it writes ``weights.xz`` and
``calibration.toml`` beside the package's modules. Needs nothing but the package
itself; takes two to three minutes.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.understanding import calibrate, model
from bot.understanding.features import features
from bot.understanding.normalise import normalise
from bot.understanding.training.fit import fit
from bot.understanding.training.texts import Example, examples

FOLDS = 5
#: The confidence from which a reply needs no staff, chosen on replies of other
#: writers (docs/understanding.md has the table): the training lines are harder.
THRESHOLD = 0.65
PACKAGE = Path(__file__).parent.parent
_HEADER = "# Made by training/train.py: how sure a likelihood of the model really is.\n"


def unseen(all_of_them: Sequence[Example]) -> list[tuple[float, bool]]:
    """Likelihood and rightness of each line, read by a model that never saw the line.

    Every line counts once, undressed; all that was made from a line stays in one fold.
    """
    measured: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        kept = [e for e in all_of_them if e.line % FOLDS != fold]
        left_out = {e.line: e for e in reversed(all_of_them) if e.line % FOLDS == fold}
        trained = model.unpack(model.pack(*fit(kept)))
        measured += [_read(trained, e) for e in left_out.values()]
        print(f"fold {fold + 1} of {FOLDS}: {_share(measured):.3f} right", file=sys.stderr)
    return measured


def _read(trained: model.Model, example: Example) -> tuple[float, bool]:
    scores = trained.scores(features(normalise(example.text)))
    best = max(range(len(scores)), key=scores.__getitem__)
    return scores[best], model.LABELS[best].value == example.label


def _share(measured: Sequence[tuple[float, bool]]) -> float:
    return sum(right for _, right in measured) / len(measured)


def main() -> None:
    """Train, measure, write."""
    made = examples()
    measured = unseen(made)
    slope, offset = calibrate.fit([p for p, _ in measured], [good for _, good in measured])
    numbers = f"slope = {slope:.4f}\noffset = {offset:.4f}\nthreshold = {THRESHOLD:.2f}\n"
    (PACKAGE / calibrate.FILE).write_text(_HEADER + numbers, encoding="utf-8")
    (PACKAGE / model.FILE).write_bytes(model.pack(*fit(made)))
    print(numbers, end="")


if __name__ == "__main__":
    main()
