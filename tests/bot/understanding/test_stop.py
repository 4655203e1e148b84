"""Wishes to be left alone are never missed, and little else is taken for one."""

import pytest

from bot.understanding import understand
from bot.understanding.normalise import normalise
from bot.understanding.stop import find_stop, is_keyword
from contact.reply import Label

KEYWORDS = """STOP
stop
Stop.
 stop!
"STOP"
STOPALL
stop all
UNSUBSCRIBE
End
quit
Cancel
REVOKE
OPTOUT
opt out
OPT-OUT
ARRET
arrêt
remove
STOP please
please stop""".splitlines()

WISHES = """please stop texting me
stop messaging me pls
can you stop sending these
leave me alone
just leave me alone please
dont msg again
pls dont text me any more
do not contact me on this number again
don't ever message me again
never text this number again
take me off this list
remove my number from your system
delete my number
i dont want any more texts
i don't want to be contacted
no more messages please
how do i unsubscribe
how do i get these to stop
i want to opt out
i withdraw my consent
I no longer consent to this
im blocking this number
count me out
cancel these texts
stop it
enough of these messages
lose my number
not interested, stop texting
at carmel doing a levels now stop texting me""".splitlines()

OTHER_LANGUAGES = {
    "polish": ["nie piszcie do mnie więcej", "proszę przestać pisać", "usuńcie mój numer"],
    "romanian": ["nu-mi mai scrieți", "nu mă mai contactați", "ștergeți numărul meu"],
    "urdu": ["مجھے میسج نہ کریں", "پیغام مت بھیجو", "میرا نمبر ہٹا دیں"],
    "urdu in latin letters": ["mujhe message mat karo", "msg mat bhejo", "band karo"],
    "arabic": ["لا ترسل لي رسائل", "توقف", "احذف رقمي", "لا تراسلوني"],
    "arabic in latin letters": ["la tursil", "khalas la tursil rasayel", "utrukni fi hali"],
    "welsh": ["peidiwch â thecstio fi", "stopiwch", "dim mwy o negeseuon", "gadewch lonydd i mi"],
}

NOT_WISHES = """we have got to STOP this
stop it lol
stop it lol youre making me laugh
im at the bus stop
the bus stops outside college
full stop
cant stop playing fifa
it wont stop raining
i stop at my nans and work at tesco
had to stop for petrol
i stopped going to college and got a job at asda
stopped on at school for sixth form
tell him to stop calling me
he wont stop texting his girlfriend
dont call me im in a lesson
why dont you text me
you never text me any more
end of the week
i want to quit smoking
the course will end in june
cancel my appointment with the dentist
when do you delete my data
how did you get my number
text me when youre free
dont text him he's asleep""".splitlines()


@pytest.mark.parametrize("text", KEYWORDS)
def test_a_keyword_is_a_stop_in_any_case_and_punctuation(text: str) -> None:
    reading = understand(text, "now")

    assert is_keyword(normalise(text))
    assert (reading.label, reading.review) == (Label.STOP, False)


@pytest.mark.parametrize("question", ["now", "where", "what", "level", "start", "help", "confirm"])
def test_a_keyword_is_a_stop_whatever_was_asked(question: str) -> None:
    assert understand("STOP", question).label is Label.STOP
    assert understand("please stop texting me", question).label is Label.STOP


@pytest.mark.parametrize("text", WISHES)
def test_a_wish_in_words_is_a_stop(text: str) -> None:
    reading = understand(text, "now")

    assert Label.STOP in (reading.label, *reading.flags)


@pytest.mark.parametrize(
    "text", [pytest.param(t, id=f"{lang}-{t}") for lang, ts in OTHER_LANGUAGES.items() for t in ts]
)
def test_a_wish_in_another_language_is_a_stop(text: str) -> None:
    assert Label.STOP in (understand(text, "now").label, *understand(text, "now").flags)


@pytest.mark.parametrize("text", NOT_WISHES)
def test_what_only_sounds_like_one_is_no_stop(text: str) -> None:
    reading = understand(text, "now")

    assert Label.STOP not in (reading.label, *reading.flags)


def test_a_destination_and_a_stop_both_take_effect() -> None:
    reading = understand("im at keele uni doing law, please stop texting me", "now")

    assert Label.STOP in (reading.label, *reading.flags)
    assert Label.HIGHER_EDUCATION in (reading.label, *reading.guesses)


@pytest.mark.parametrize("question", [None, "now", "where", "what"])
def test_a_rude_stop_is_a_stop_and_rude(question: str | None) -> None:
    reading = understand("fuck off and stop texting me", question)

    assert (reading.label, reading.flags) == (Label.STOP, (Label.ABUSIVE,))


def test_the_model_alone_is_believed_only_when_it_is_sure() -> None:
    typed = normalise("could this whole thing come to a close")

    assert find_stop(typed, model=0.2) is None
    assert find_stop(typed, model=0.9) is not None


def test_the_evidence_is_the_words_as_typed() -> None:
    found = find_stop(normalise("hi there. PLS dont TXT me again x"))

    assert found is not None
    assert "TXT me" in found.evidence
