"""The second opinion: a small linear model over hashed features, in plain Python."""

import functools
import lzma
import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from bot.understanding.features import BUCKETS
from contact.reply import Label

FILE = "weights.xz"
LABELS: tuple[Label, ...] = tuple(Label)
_SCALE_BYTES = 8


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of one byte each, a row of ``len(LABELS)`` for every bucket.

    ``scale`` turns a byte into a weight; ``bias`` is one number a label.
    """

    weights: "array[int]"
    bias: tuple[float, ...]
    scale: float

    def scores(self, buckets: Sequence[int]) -> list[float]:
        """How likely each of LABELS is, from 0 to 1, together 1 (not yet calibrated)."""
        width, weights, norm = len(LABELS), self.weights, self.scale / norm_of(len(buckets))
        totals = [0] * width
        for bucket in buckets:
            row = weights[bucket * width : (bucket + 1) * width]
            totals = [a + b for a, b in zip(totals, row, strict=True)]
        return softmax([t * norm + b for t, b in zip(totals, self.bias, strict=True)])


def norm_of(count: int) -> float:
    """What a reply's sum of weights is divided by, so that long replies are no surer."""
    return math.sqrt(max(count, 1))


def softmax(totals: Sequence[float]) -> list[float]:
    """``totals`` as likelihoods."""
    top = max(totals)
    powers = [math.exp(t - top) for t in totals]
    whole = sum(powers)
    return [p / whole for p in powers]


def pack(weights: Sequence[float], bias: Sequence[float]) -> bytes:
    """The file's content: the scale and the bias as text, then a byte for each weight."""
    scale = max((abs(w) for w in weights), default=1.0) / 127 or 1.0
    head = " ".join(repr(x) for x in (scale, *bias)).encode("ascii")
    body = array("b", (round(w / scale) for w in weights)).tobytes()
    return lzma.compress(len(head).to_bytes(_SCALE_BYTES, "big") + head + body)


def unpack(packed: bytes) -> Model:
    """The model of such a file's content."""
    plain = lzma.decompress(packed)
    start = _SCALE_BYTES + int.from_bytes(plain[:_SCALE_BYTES], "big")
    scale, *bias = (float(x) for x in plain[_SCALE_BYTES:start].split())
    weights = array("b", plain[start:])
    if len(weights) != BUCKETS * len(LABELS) or len(bias) != len(LABELS):
        raise ValueError("the model was trained for other features: train it again")
    return Model(weights, tuple(bias), scale)


@functools.lru_cache(maxsize=1)
def trained() -> Model:
    """The shipped model, loaded at the first use and once (about 20 ms, 1 MB)."""
    return unpack(resources.files(__package__).joinpath(FILE).read_bytes())
