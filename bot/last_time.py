"""What they told us another time: when it may be said again, and how it becomes an answer."""

from dataclasses import replace

from bot.answers import NUMBERS, Finding, tidy
from bot.survey import Survey, plain
from contact.conversation import Talk
from contact.reply import Reading

#: What may be said again: a place or a course. That somebody had no work, or was
#: not free to look for any, is nothing to remind them of.
_SAYABLE = ("where", "what")
#: What is not itself an answer.
_CODED = ("code", "label")


def remembered(known: Finding, survey: Survey) -> dict[str, str]:
    """``known`` as a talk keeps it; empty where there is nothing in it to say again."""
    label = known.label or survey.label_of(known.code)
    path = survey.path(label)
    if path is None or not any(each in path.asks for each in _SAYABLE):
        return {}
    places = {"provider": known.slots.provider, "employer": known.slots.employer}
    where = places.pop(path.where)
    told = {"where": where, "what": known.slots.course, "level": known.slots.level}
    told |= {"start": known.slots.start, **places}
    if path.where == "provider":
        told |= {name: getattr(known.slots, name) for name in NUMBERS}
    kept = {name: tidy(said) for name, said in told.items() if said and tidy(said)}
    if not any(name in kept for name in _SAYABLE):
        return {}
    return {"code": known.code, "label": str(label), **kept}


def taken_up(talk: Talk, survey: Survey) -> Talk:
    """``talk`` once they say that it still holds: what was known is told anew.

    A level that they did not tell with their course is not asked for again.
    """
    told = {name: said for name, said in talk.known.items() if name not in _CODED}
    if "what" in told:
        told.setdefault("level", "")
    return replace(
        talk,
        label=talk.known.get("label"),
        code=talk.known.get("code"),
        answers={**told, **talk.answers},
        known={},
    )


def still_fits(talk: Talk, reading: Reading, survey: Survey) -> bool:
    """Whether what they tell is what was known ("still at Carmel"), and not something new."""
    known = talk.known
    if not known or survey.path(reading.label) is not survey.path(known["label"]):
        return False
    place = plain(reading.slots.provider or reading.slots.employer or "")
    if not place:
        return str(reading.label) == known["label"]
    before = plain(known.get("where", ""))
    return bool(before) and (place in before or before in place)
