"""How sure a likelihood of the model really is, measured on replies it had not seen."""

import functools
import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

FILE = "calibration.toml"
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt's two numbers, and the confidence from which a reply is coded without staff."""

    slope: float
    offset: float
    threshold: float

    def confidence(self, likelihood: float) -> float:
        """The share of right readings among those with this ``likelihood``, 0 to 1."""
        inner = min(max(likelihood, _EDGE), 1 - _EDGE)
        return 1 / (1 + math.exp(-(self.slope * math.log(inner / (1 - inner)) + self.offset)))


@functools.lru_cache(maxsize=1)
def shipped() -> Calibration:
    """The calibration that was measured when the shipped model was trained."""
    text = resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    numbers: dict[str, float] = tomllib.loads(text)
    return Calibration(numbers["slope"], numbers["offset"], numbers["threshold"])


def fit(likelihoods: Sequence[float], right: Sequence[bool]) -> tuple[float, float]:
    """Slope and offset that make ``likelihoods`` agree with how often they were ``right``.

    Newton's method on the logistic loss; the data must hold right and wrong ones.
    """
    slope, offset = 1.0, 0.0
    logits = [math.log(max(p, _EDGE) / max(1 - p, _EDGE)) for p in likelihoods]
    for _ in range(30):
        g0 = g1 = h00 = h01 = h11 = 1e-9
        for x, good in zip(logits, right, strict=True):
            p = 1 / (1 + math.exp(-(slope * x + offset)))
            w, off = p * (1 - p), p - good
            g0, g1 = g0 + off, g1 + off * x
            h00, h01, h11 = h00 + w, h01 + w * x, h11 + w * x * x
        det = h00 * h11 - h01 * h01
        offset -= (h11 * g0 - h01 * g1) / det
        slope -= (h00 * g1 - h01 * g0) / det
    return slope, offset
