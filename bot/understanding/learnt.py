"""What was learnt from texts: the model's weights, and how sure they make us."""

import functools
from dataclasses import dataclass

from bot.understanding import calibrate, model
from bot.understanding.calibrate import Calibration
from bot.understanding.model import Model


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model and the calibration that goes with it; read only."""

    model: Model
    calibration: Calibration


@functools.lru_cache(maxsize=1)
def as_shipped() -> Learnt:
    """What is shipped with the package, loaded at the first use and once."""
    return Learnt(model.trained(), calibrate.shipped())
