"""What invented alumni text: their answers to each question, and everything else they may say."""

from random import Random
from typing import Final

#: The numbers that stand for yes and no.
YES: Final = "1"
NO: Final = "2"
#: The number of each activity in the survey's list; "something else" is 8.
NUMBERS: Final = {
    "sixth_form": "1",
    "fe_college": "2",
    "university": "3",
    "apprenticeship": "4",
    "training_job": "5",
    "job": "6",
    "looking": "7",
    "else": "8",
}
_WORDS: Final = {
    "sixth_form": ("im at sixth form", "doing a levels in sixth form", "Sixth form"),
    "fe_college": ("im at college", "college", "At college doing a course"),
    "university": ("at uni", "I'm at university now", "started uni"),
    "apprenticeship": ("doing an apprenticeship", "apprenticeship", "Im an apprentice"),
    "training_job": ("working, with training", "a job with training"),
    "job": ("working", "got a job", "I work full time"),
    "looking": ("looking for a job", "nothing atm, looking for work", "unemployed"),
    "else": ("gap year", "taking a gap year", "volunteering"),
}
_TYPOS: Final = {
    "sixth_form": ("sixfrom", "at sixht form"),
    "fe_college": ("colege", "im at collage"),
    "university": ("univeristy", "at unversity"),
    "apprenticeship": ("aprenticeship", "doing an apprentiship"),
    "training_job": ("workin w traning",),
    "job": ("workin full tiem", "got a jbo"),
    "looking": ("lookin for wrok", "unemployd"),
    "else": ("gap yr", "takin a gap yeer"),
}
#: Kinds of first answer that do not depend on what somebody does.
FIRST: Final = {
    "other_language": ("Cześć, wszystko dobrze", "chodzę do szkoły", "estoy bien gracias"),
    "unclear": (
        "bits and bobs",
        "well its complicated",
        "same as before really",
        "you know, stuff",
    ),
    "later": ("bit busy can u ask me later", "ask me again after my exams"),
    "question_to_us": ("who is this?", "how did you get my number", "what do you do with my data"),
    "wants_a_call": ("can you ring me pls",),
    "refuses": ("i'd rather not say", "prefer not to say"),
}
INCIDENTS: Final = {
    "stop": ("STOP", "stop texting me"),
    "distress": (
        "honestly not ok, i dont want to be here anymore",
        "i cant cope and i feel unsafe",
    ),
    "abuse": ("f*** off you idiots", "get lost you idiots"),
    "wrong_person": ("wrong number", "wrong number mate", "this is not their phone, wrong number"),
}
_PLACES: Final = {
    "study": ("Northfield College", "Easton Sixth Form", "Riverside College", "Westmoor College"),
    "university": ("University of Northfield", "Easton University", "Westmoor University"),
    "apprenticeship": ("Marsh & Daughters", "Northfield Motors", "Easton Builders"),
    "work": ("Corner Stores", "Northfield Cafe", "Easton Logistics", "Westmoor Care"),
    "voluntary": ("Northfield Food Bank", "Easton Animal Rescue"),
}
_WHAT: Final = {
    "course": ("a levels, level 3", "health and social care level 2", "plumbing level 2"),
    "degree": ("biology", "computer science", "nursing", "law"),
    "apprenticeship": ("bricklaying level 2", "electrician, level 3", "business admin level 3"),
    "training": ("catering", "retail"),
    "job": ("shop assistant", "warehouse operative", "care assistant", "waiter"),
    "work": ("gardening", "car washing"),
}  # fmt: skip
_STARTS: Final = ("sept", "september", "in september", "October")
_WANTS_HELP: Final = 0.08
_ELSE: Final = ("gap year", "volunteering", "running my own business")


def first_answer(kind: str, doing: str, chance: Random, line: str = "ask.1") -> str:
    """The answer to the ask whose wording is ``line``, of a kind from the behaviour file."""
    if kind == "number":
        return YES if line.startswith("ask.who.") else NUMBERS[doing]
    if kind in FIRST:
        return chance.choice(FIRST[kind])
    table = _TYPOS if kind == "typing_mistakes" else _WORDS
    return chance.choice(table[doing])


def answer(line: str, doing: str, first_name: str, chance: Random) -> str | None:
    """The answer to the question whose wording is ``line``; None for a line that asks nothing."""
    kind, _, rest = line.partition(".")
    if line == "which":
        return first_name
    if kind in ("ask", "question", "clarify"):
        return _to(rest, doing, chance)
    return "college, Northfield College, plumbing level 2" if line == "correct" else None


def _to(subject: str, doing: str, chance: Random) -> str | None:
    about, _, variant = subject.partition(".")
    if about in ("who", "confirm"):
        return YES
    if about == "where":
        return chance.choice(_PLACES.get(variant, _PLACES["study"]))
    if about == "what":
        return chance.choice(_WHAT.get(variant, _WHAT["course"]))
    if about == "help":
        return "1" if chance.random() < _WANTS_HELP else "2"
    if about in ("else", "abroad"):
        return chance.choice(_ELSE)
    return {"level": "3", "start": chance.choice(_STARTS), "guess": "1"}.get(about, NUMBERS[doing])
