"""Somebody in danger is never missed; a figure of speech raises no alarm."""

import pytest

from bot.understanding import understand
from bot.understanding.distress import find_distress
from bot.understanding.normalise import normalise
from contact.reply import Label

DANGER = {
    "suicide": """i want to die
i want to kill myself
thinking of ending my life
been feeling suicidal
i dont want to be here anymore
i dont want to live
wish i was dead
everyone would be better off without me
theres no point in living
whats the point in anything anymore
i cant go on
im going to end it all
nobody would miss me if i died""",
    "self-harm": """self harming again
ive been cutting myself
i keep hurting myself
took an overdose at the weekend
i took loads of tablets
ive stopped eating
making myself sick every day""",
    "not coping": """cant cope anymore
im not coping
i cant do this anymore
feel so hopeless
i feel worthless and i cant stop crying
having a breakdown
im really not ok
my mental health is really bad
i have nobody
lost the will to live
please help me im scared
i need someone to talk to
so depressed i cant get out of bed""",
    "abuse": """my dad hits me
my step dad keeps hitting me and my brother
mum beats me
my boyfriend wont let me leave the house
my ex is stalking me
he threatened to kill me
im being abused at home
i was raped
someone sexually assaulted me
my uncle touches me
hes got pics of me and says hell post them
im being blackmailed
my partner controls my money
they are making me get married in pakistan
im scared of my brother
scared to go home
dont feel safe at home
im not safe""",
    "exploitation": """being made to sell drugs
im in county lines and cant get out
they took my passport and make me work
owe money to dealers and theyre after me""",
    "no home, no food": """im homeless
got kicked out by my mum
mum threw me out
been chucked out of my house
nowhere to live
ive got nowhere to go tonight
sleeping rough
sleeping in my car
sofa surfing at the moment
living in a tent
havent eaten for three days
no money for food
we have no food""",
}

OTHER_LANGUAGES = {
    "polish": ["chcę umrzeć", "nie chcę żyć", "ojciec mnie bije", "nie mam gdzie mieszkać",
               "jestem bezdomna", "nie mam co jeść", "boję się wrócić do domu"],
    "romanian": ["vreau să mor", "nu mai vreau să trăiesc", "tata mă bate", "n-am unde să stau",
                 "mi-e frică să merg acasă", "nu am ce mânca"],
    "urdu": ["میں مرنا چاہتا ہوں", "خودکشی کرنا چاہتی ہوں", "ابو مجھے مارتے ہیں",
             "گھر سے نکال دیا ہے"],
    "urdu in latin letters": ["main marna chahti hoon", "abbu mujhe maarte hain",
                              "ghar se nikal diya", "rehne ki jagah nahi"],
    "arabic": ["اريد ان اموت", "أفكر في الانتحار", "أبي يضربني", "ليس لدي مكان للعيش"],
    "arabic in latin letters": ["badi amoot", "abi yadrubni", "ma 3indi makan anam"],
    "welsh": ["dwi isio marw", "dwi ddim eisiau byw", "mae dad yn taro fi", "dwi'n ddigartref"],
}  # fmt: skip

LIGHT = """dying of boredom lol
im dying of boredom
this exam is killing me
this revision is killing me
kms lol i failed maths
my feet are killing me
mum will kill me when she sees my hair lol
i could kill for a maccies
starving lol
im starving, whats for tea
nearly died laughing
dead tired after the gym
my maths teacher is murdering me with homework, sixth form at hilbre lol
starving at work haha, kfc in bidston
cant cope with how cute this puppy is lol
got kicked out of the cup by st marys
my brother beat me at fifa
killed myself laughing
my phone is dying
volunteer at a homeless shelter
i work with homeless people for a charity
im hopeless at maths
doing a module on suicide prevention for my nursing degree at uni
depressed about the match
nothing in the fridge again lol""".splitlines()


@pytest.mark.parametrize(
    "text", [pytest.param(t, id=t) for texts in DANGER.values() for t in texts.splitlines()]
)
def test_danger_is_seen_and_goes_to_staff(text: str) -> None:
    reading = understand(text, "now")

    assert Label.DISTRESS in (reading.label, *reading.flags)
    assert reading.review


@pytest.mark.parametrize(
    "text", [pytest.param(t, id=f"{lang}-{t}") for lang, ts in OTHER_LANGUAGES.items() for t in ts]
)
def test_danger_is_seen_in_six_languages(text: str) -> None:
    reading = understand(text, "now")

    assert Label.DISTRESS in (reading.label, *reading.flags)


@pytest.mark.parametrize("text", LIGHT)
def test_hyperbole_raises_no_alarm(text: str) -> None:
    reading = understand(text, "now")

    assert Label.DISTRESS not in (reading.label, *reading.flags)


@pytest.mark.parametrize("question", ["where", "what", "level", "start", "help", "confirm", None])
def test_danger_is_looked_for_whatever_was_asked(question: str | None) -> None:
    assert understand("my dad hits me", question).label is Label.DISTRESS


def test_a_destination_keeps_its_place_beside_the_flag() -> None:
    reading = understand("im at keele uni doing law but i want to kill myself", "now")

    assert Label.DISTRESS in (reading.label, *reading.flags)
    assert Label.HIGHER_EDUCATION in (reading.label, *reading.guesses)
    assert reading.review


def test_stop_and_danger_are_both_found() -> None:
    reading = understand("stop texting me i want to die", "now")

    assert {reading.label, *reading.flags} >= {Label.DISTRESS, Label.STOP}


def test_a_laugh_does_not_hide_what_always_counts() -> None:
    assert find_distress(normalise("my dad hits me lol")) is not None


def test_a_figure_of_speech_covers_only_its_own_words() -> None:
    assert find_distress(normalise("this exam is killing me")) is None
    assert find_distress(normalise("this exam is killing me and i want to kill myself")) is not None


def test_the_model_needs_a_word_of_worry_or_near_certainty() -> None:
    assert find_distress(normalise("it is all a bit much and i am alone"), model=0.5) is not None
    assert find_distress(normalise("the parcel came on tuesday"), model=0.5) is None
    assert find_distress(normalise("the parcel came on tuesday"), model=0.98) is not None
