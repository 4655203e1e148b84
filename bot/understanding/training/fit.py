"""How the model is trained: logistic regression by AdaGrad, without any library."""

import math
import random
from collections import Counter
from collections.abc import Sequence

from bot.understanding.features import BUCKETS, features
from bot.understanding.model import LABELS, norm_of, softmax
from bot.understanding.normalise import normalise
from bot.understanding.training.texts import Example

EPOCHS = 6
RATE = 0.7
#: Pulls every touched weight towards nothing; found on the development replies.
DECAY = 1e-4
#: A reply the model is this sure of teaches nothing more in this turn.
ENOUGH = 0.985

Rows = list[tuple[list[int], int, float]]


def rows_of(examples: Sequence[Example]) -> Rows:
    """Buckets, label's place and weight of each example; rare labels weigh more."""
    counts = Counter(e.label for e in examples)
    mean = len(examples) / len(counts)
    place = {label.value: i for i, label in enumerate(LABELS)}
    return [
        (features(normalise(e.text)), place[e.label], (mean / counts[e.label]) ** 0.3)
        for e in examples
    ]


def fit(examples: Sequence[Example], seed: int = 1) -> tuple[list[float], list[float]]:
    """Weights (bucket by bucket, a number a label) and bias, trained on ``examples``.

    Takes a minute or so for ten thousand examples; the same for the same seed.
    """
    rng, rows, width = random.Random(seed), rows_of(examples), len(LABELS)
    weights: dict[int, list[float]] = {}
    seen: dict[int, list[float]] = {}
    bias = [0.0] * width
    for _ in range(EPOCHS):
        rng.shuffle(rows)
        for buckets, right, weight in rows:
            _learn(weights, seen, bias, buckets, right, weight)
    flat = [0.0] * (BUCKETS * width)
    for bucket, row in weights.items():
        flat[bucket * width : (bucket + 1) * width] = row
    return flat, bias


def _learn(
    weights: dict[int, list[float]],
    seen: dict[int, list[float]],
    bias: list[float],
    buckets: list[int],
    right: int,
    weight: float,
) -> None:
    """One step on one reply."""
    width, norm = len(bias), norm_of(len(buckets))
    totals = [0.0] * width
    for bucket in buckets:
        row = weights.get(bucket)
        if row is not None:
            totals = [a + b for a, b in zip(totals, row, strict=True)]
    likely = softmax([t / norm + b for t, b in zip(totals, bias, strict=True)])
    if likely[right] > ENOUGH:
        return
    off = [p * weight for p in likely]
    off[right] -= weight
    wrong = [(i, g / norm) for i, g in enumerate(off) if abs(g) > 0.003]
    for i, g in wrong:
        bias[i] -= 0.02 * g
    for bucket in buckets:
        row = weights.setdefault(bucket, [0.0] * width)
        squares = seen.setdefault(bucket, [0.1] * width)
        for i, g in wrong:
            step = g + DECAY * row[i]
            squares[i] += step * step
            row[i] -= RATE * step / math.sqrt(squares[i])
