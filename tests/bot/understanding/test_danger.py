"""Danger is seen however it is put together; the same words used lightly raise no alarm."""

import pytest

from bot.understanding import understand
from bot.understanding.distress import find_distress
from bot.understanding.matching import patterns
from bot.understanding.normalise import normalise
from contact.reply import Label

SERIOUS = {
    "an end to it": """i worked out how to end it
i feel like i might do something stupid
wrote a goodbye note
hope i never wake up
it would be easier if i wasnt around
i cant see a future for myself
dont know how much longer i can keep going
i dont trust myself tonight
lost the will to carry on
slashed my arms last week
im on the edge of a bridge
everyone wud b happier witout me
kms, not even joking""",
    "hurt by somebody": """mums fella batters me
my nans boyfriend punched my face
stepdad comes in my bed at night
someone held a knife to me
hes outside my house every night again
they took my passport and say i cant leave
my brother throws plates at me
im made to carry stuff for some older lads
the lads said theyll stab me
dad kicks off every night
something bad is happening at home
they are sending me to be married""",
    "nowhere to live": """kipping on mates sofas since june
been put in a hostel for homeless people
got chucked out of my nans
council put me in a bed and breakfast
the landlord is throwing us out
cant afford food
theres nothing in the fridge to eat
sleepin in the car park
im 16 and living alone""",
    "body and mind": """i have bulimia
i od last week
ive just od on my meds
i drink till i pass out
addicted to ket
not left my room in weeks
havent eaten properly for days
the voices tell me to hurt people
nobody cares about me
i feel like a burden
my stepdad scares me""",
    "other languages": """nikt mnie nie kocha, mam dość życia
wujek mnie dotyka
nie mam gdzie spać
m-au dat afară
tata mă bate des
nu am unde să stau
ghar walon ne nikala
mujhe roz maar parti hai
mujhe zinda nahi rehna
گھر سے نکال دیا ہے
مجھے مارتے ہیں
ابي يضربني
ليس عندي مكان انام فيه
ma fi makan anam
dwi moyn marw
mae nhad yn fy nharo
dwi'n cysgu ar y stryd""",
}
LIGHT = """my feet are killing me after that shift
this essay is killing me
dead on my feet, kitchen at a chain
working in a homeless shelter
i cut hair in a salon
got beat at fifa again
starving haha kfc later
stop it im dying 😂
kicked off the football season well
on the edge of my seat watching that
volunteering at the food bank
studying criminology, module on abuse
crashed on the sofa watching telly
threw a party at me nans lol
camping in the lakes in a tent on holiday
im a boxing coach
od czerwca
już od września w college
od 2024
tak, to ja, od zeszłego roku"""


@pytest.mark.parametrize("text", [t for each in SERIOUS.values() for t in each.splitlines()])
def test_danger_is_seen(text: str) -> None:
    assert find_distress(normalise(text)) is not None


@pytest.mark.parametrize("text", LIGHT.splitlines())
def test_what_is_meant_lightly_raises_no_alarm(text: str) -> None:
    assert find_distress(normalise(text)) is None


def test_worry_comes_before_what_somebody_does() -> None:
    reading = understand("working at lidl but my boyfriend beats me", "now")

    assert reading.label is Label.DISTRESS
    assert reading.review
    assert reading.code is None


def test_a_laugh_that_is_denied_makes_nothing_light() -> None:
    assert find_distress(normalise("gonna jump, im not joking")) is not None
    assert find_distress(normalise("gonna jump lol")) is None


def test_every_part_of_a_pattern_is_put_in() -> None:
    for compiled in patterns("danger").values():
        assert not [p.pattern for p in compiled if "<people>" in p.pattern or "<me>" in p.pattern]
