"""The public list of places to study: read, stored, and used to know what people typed."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from contact.errors import UnreadableFile
from contact.listed import ListedProvider
from followup.cli import app
from followup.files.providers import read_providers
from followup.wiring import House
from tests.followup.office import Office, founded, office  # noqa: F401  fixtures

PLAIN = """kind,urn,ukprn,name,town,postcode,type,phase,synonyms,source
school_or_college,130001,,Larkrise College,Wirral,CH41 1AA,College,16-18,,a list
school_or_college,130002,,Larkrise Sixth Form College,Wirral,CH41 1AB,College,16-18,,a list
school_or_college,130003,,Hawthorn High School,Wigan,WN1 1AA,Academy,16-18+KS4,HHS; the Thorn,a list
school_or_college,130004,,Bramble Primary and Secondary,Wigan,WN1 1AB,Academy,KS4,,a list
school_or_college,130005,,Priory Academy,Wigan,WN1 1AC,Academy,16-18,,a list
fe_college,,,Larkrise College,,,FE 1,FE,,another list
fe_college,,,Millbrook Technical College,,,FE 1,FE,,another list
higher_education,,10007999,University of Northmoor,Northmoor,,HE,HE,,a list
higher_education,,10007998,Oldfield Polytechnic,Oldfield,,HE closed 1993,HE,,a list
"""
_GIAS_HEADINGS = (
    '"URN","LA (name)","EstablishmentName","TypeOfEstablishment (name)",'
    '"EstablishmentStatus (name)","PhaseOfEducation (name)","StatutoryHighAge",'
    '"OfficialSixthForm (name)","UKPRN","FurtherEducationType (name)","Town","Postcode"'
)
_GIAS_ROWS = [
    (
        "140001,Wirral,Hawthorn High School,Academy converter,Open,Secondary,18,Has a sixth form,"
        "10030001,Not applicable,Wirral,CH41 1AA"
    ),
    (
        "140002,Wirral,Short School,Community school,Open,Secondary,16,Does not have a sixth form,"
        "10030002,Not applicable,Wirral,CH41 1AB"
    ),
    "140003,Wirral,Infant School,Community school,Open,Primary,11,Not applicable,,,Wirral,CH41 1AC",
    "140004,Wirral,Gone School,Community school,Closed,Secondary,18,Has a sixth form,,,Wirral,",
    (
        "140005,Wirral,Larkrise College,Further education,Open,16 plus,99,Not applicable,10030005,"
        "Sixth form college,Wirral,CH41 1AD"
    ),
    (
        "140006,Wirral,Millbrook College,Further education,Open,16 plus,99,Not applicable,10030006,"
        "General FE college,Wirral,CH41 1AE"
    ),
    (
        "140007,Wirral,The Larches,Special post 16 institution,Open,Not applicable,25,"
        "Not applicable,10030007,Not applicable,Wirral,CH41 1AF"
    ),
    (
        "140008,Leeds,St Zoë's Free School,Free schools 16 to 19,Open,16 plus,19,Has a sixth form,"
        "10030008,Not applicable,Leeds,LS1 1AA"
    ),
    (
        "140009,Leeds,University of Northmoor,Higher education institutions,Open,Not applicable,,"
        "Not applicable,10007999,Not applicable,Leeds,LS1 1AB"
    ),
]
GIAS = "\r\n".join((_GIAS_HEADINGS, *_GIAS_ROWS, ""))


def run(office: Office, *args: object) -> Result:  # noqa: F811
    return CliRunner().invoke(app, ["--config", str(office.config), *map(str, args)])


def kinds(listed: tuple[ListedProvider, ...]) -> dict[str, str]:
    return {each.name: each.kind for each in listed if each.after_16}


def test_a_plain_list_is_read_and_what_leavers_cannot_be_at_is_known(tmp_path: Path):
    file = tmp_path / "list.csv"
    file.write_text(PLAIN, "utf-8")

    found = read_providers(file)

    assert found.read == 9
    assert kinds(found.listed) == {
        "Larkrise College": "fe_college",
        "Larkrise Sixth Form College": "sixth_form_college",
        "Hawthorn High School": "school",
        "Priory Academy": "sixth_form_college",
        "Millbrook Technical College": "fe_college",
        "University of Northmoor": "higher_education",
    }
    hawthorn = next(each for each in found.listed if each.urn == "130003")
    assert hawthorn.other_names == ("HHS", "the Thorn")


def test_the_registers_extract_is_read_in_windows_letters(tmp_path: Path):
    file = tmp_path / "edubasealldata.csv"
    file.write_bytes(GIAS.encode("cp1252"))

    found = read_providers(file)

    assert found.read == len(found.listed) == 9
    assert kinds(found.listed) == {
        "Hawthorn High School": "school",
        "Larkrise College": "sixth_form_college",
        "Millbrook College": "fe_college",
        "The Larches": "special",
        "St Zoë's Free School": "sixth_form_college",
        "University of Northmoor": "higher_education",
    }
    assert {each.urn for each in found.listed if each.ukprn == "10030005"} == {"140005"}


def test_a_college_that_two_lists_name_is_one_place(tmp_path: Path):
    file = tmp_path / "list.csv"
    file.write_text(PLAIN, "utf-8")

    twins = [each for each in read_providers(file).listed if each.name == "Larkrise College"]

    assert [(each.urn, each.kind) for each in twins] == [("130001", "fe_college")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("no.csv", None, id="not there"),
        pytest.param("other.csv", b"a,b,c\n1,2,3\n", id="another table"),
        pytest.param("torn.csv.gz", gzip.compress(PLAIN.encode() * 50)[:200], id="a torn archive"),
        pytest.param("not.csv.gz", b"\x1f\x8bnonsense", id="no archive"),
        pytest.param("empty.csv", b"", id="empty"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes | None):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(UnreadableFile) as refused:
        read_providers(file)

    assert "\n" not in str(refused.value)


def test_loading_again_replaces_what_was_there(office: Office, tmp_path: Path):  # noqa: F811
    first, second = tmp_path / "first.csv.gz", tmp_path / "second.csv"
    first.write_bytes(gzip.compress(PLAIN.encode()))
    second.write_text("\n".join(PLAIN.splitlines()[:4]), "utf-8")

    told = json.loads(run(office, "providers", "load", first, "--json").stdout)
    again = json.loads(run(office, "providers", "load", second, "--json").stdout)

    assert (told["read"], told["loaded"], told["for_leavers"]) == (9, 8, 6)
    assert (again["read"], again["loaded"]) == (3, 3)
    assert len(office.ask(lambda work: work.providers.where_leavers_may_be())) == 3


def test_a_loaded_list_gives_names_their_number_and_refines_the_code(
    office: Office,  # noqa: F811
    tmp_path: Path,
):
    file = tmp_path / "register.csv"
    file.write_bytes(GIAS.encode("cp1252"))
    without = House.at(office.config).speech.understand("im at larkrise college", "now")
    run(office, "providers", "load", file)

    house = House.at(office.config)
    reading = house.speech.understand("im at larkrise college doing a levels", "now")
    found = json.loads(run(office, "providers", "find", "larkrise colege", "--json").stdout)
    house.close()

    assert (without.slots.provider or "").casefold() == "larkrise college"
    assert (reading.slots.provider, reading.code) == ("Larkrise College", "220")
    assert (found["urn"], found["kind"]) == ("140005", "sixth_form_college")


def test_without_a_list_nothing_is_looked_up(office: Office):  # noqa: F811
    house = House.at(office.config)

    assert house.providers is None
    assert house.words.understand("2", "now") == house.speech.understand("2", "now")
    house.close()


def test_a_name_that_nothing_has_is_refused(office: Office):  # noqa: F811
    result = run(office, "providers", "find", "hogwarts")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "hogwarts" in result.stderr


def test_the_whole_public_list_takes_little_memory(samples: Path, office: Office):  # noqa: F811
    result = run(office, "providers", "load", samples / "providers.csv.gz", "--json")
    assert json.loads(result.stdout)["read"] > 6_000

    house = House.at(office.config)
    house.memory.read(lambda _: None).result()
    tracemalloc.start()
    index = house.providers
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    house.close()

    assert index is not None
    assert index.best("liverpool john moores university") is not None
    assert held < 20_000_000
