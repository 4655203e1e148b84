"""The model is small, is trained the same way each time, and its sureness is measured."""

import math

import pytest

from bot.understanding import calibrate, model
from bot.understanding.features import BUCKETS, features
from bot.understanding.normalise import normalise
from bot.understanding.training import fit as training
from bot.understanding.training.texts import Example, examples, fillers, lines
from contact.reply import Label

FEW = [
    Example("sixth_form", "a levels at school"),
    Example("fe_college", "plumbing at college"),
    Example("sixth_form", "year 12 a levels"),
    Example("fe_college", "college doing hair"),
] * 5


def test_what_is_packed_is_unpacked_to_a_byte() -> None:
    weights = [0.0] * (BUCKETS * len(model.LABELS))
    weights[5] = 1.27
    again = model.unpack(model.pack(weights, [0.5] * len(model.LABELS)))

    assert again.weights[5] * again.scale == pytest.approx(1.27)
    assert again.bias[0] == 0.5


def test_weights_of_other_features_are_refused() -> None:
    with pytest.raises(ValueError, match="train it again"):
        model.unpack(model.pack([1.0] * 10, [0.0] * len(model.LABELS)))


def test_the_scores_are_likelihoods() -> None:
    scores = model.trained().scores(features(normalise("at uni doing law")))

    assert sum(scores) == pytest.approx(1)
    assert min(scores) >= 0


def test_training_twice_gives_the_same_model() -> None:
    assert training.fit(FEW) == training.fit(FEW)


def test_training_learns_what_it_is_shown() -> None:
    taught = model.unpack(model.pack(*training.fit(FEW)))
    scores = taught.scores(features(normalise("doing hair at college")))

    assert model.LABELS[scores.index(max(scores))] is Label.FE_COLLEGE


def test_every_label_has_training_texts_and_every_word_in_braces_a_filling() -> None:
    table = fillers()

    assert {label for label, _ in lines()} == {str(label) for label in Label}
    assert not [
        e.text for e in examples() if "{" in e.text and "{{" not in e.text and "${" not in e.text
    ]
    assert all(table.values())


def test_the_training_texts_are_the_same_for_the_same_seed() -> None:
    assert examples(3)[:200] == examples(3)[:200]


def test_calibration_brings_likelihoods_to_what_was_right() -> None:
    likelihoods = [0.9] * 100 + [0.6] * 100
    right = [True] * 70 + [False] * 30 + [True] * 50 + [False] * 50
    found = calibrate.Calibration(*calibrate.fit(likelihoods, right), threshold=0.8)

    assert found.confidence(0.9) == pytest.approx(0.7, abs=0.02)
    assert found.confidence(0.6) == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("likelihood", [0.0, 1e-12, 0.5, 1.0])
def test_confidence_is_always_a_share(likelihood: float) -> None:
    assert 0 <= calibrate.shipped().confidence(likelihood) <= 1


def test_surer_is_never_less_sure() -> None:
    steps = [calibrate.shipped().confidence(p / 100) for p in range(101)]

    assert steps == sorted(steps)
    assert not math.isnan(steps[0])
