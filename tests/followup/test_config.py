"""The settings: checked whole before anything starts, and secrets never in them."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.address import ChannelName
from contact.errors import Misconfigured
from followup.config import Secrets, Settings
from followup.founding import example

SCHOOL = '[[school]]\nid = "cansfield"\nname = "Cansfield High School"\nprocedure = "termly"\n'


def load(folder: Path, text: str) -> Settings:
    """The settings that ``text`` makes in a file of ``folder``."""
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return Settings.load(file)


def refusal(folder: Path, text: str) -> str:
    """Why ``text`` is refused: one line that begins with the file."""
    with pytest.raises(Misconfigured) as refused:
        load(folder, text)
    said = str(refused.value)
    assert "\n" not in said
    return said.removeprefix(f"{folder / 'config.toml'}: ")


def test_an_empty_file_is_a_house_from_which_nothing_can_leave(tmp_path):
    settings = load(tmp_path, "")

    assert settings.is_harmless
    assert settings.sms.gateway == "sandbox"
    assert not settings.telegram.enabled
    assert settings.school == ()


def test_the_defaults_are_those_of_the_contract(tmp_path):
    contact = load(tmp_path, "").contact

    assert contact.hours == ("09:00", "19:30")
    assert contact.days == ("mon", "tue", "wed", "thu", "fri", "sat")
    assert (contact.tries, contact.gap_days, contact.reply_days) == (3, 5, 4)
    assert (contact.late_reply_days, contact.max_messages_per_day) == (60, 500)
    assert contact.monthly_budget_pence == 0


def test_the_example_says_what_holds_without_it(tmp_path):
    """Whoever deletes a line of the commented example changes nothing by that."""
    shown, bare = load(tmp_path, example()), load(tmp_path, "")

    assert shown.contact == bare.contact
    assert shown.service.model_copy(update={"staff": ()}) == bare.service
    assert shown.is_harmless


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("[servise]", "servise: there is no such setting", id="a misspelt section"),
        pytest.param(
            "[contact]\ntrys = 3", "contact.trys: there is no such setting", id="a misspelt key"
        ),
        pytest.param("[contact]\ntries = 0", "contact.tries: Input should be", id="no tries"),
        pytest.param("[contact]\ntries = 11", "contact.tries: Input should be", id="eleven tries"),
        pytest.param("[contact]\ngap_days = 0", "contact.gap_days:", id="no gap"),
        pytest.param("[contact]\nreply_days = 61", "contact.reply_days:", id="endless replies"),
        pytest.param("[contact]\nlate_reply_days = -1", "contact.late_reply_days:", id="negative"),
        pytest.param("[contact]\nmax_messages_per_day = 0", "contact.max_messages", id="no room"),
        pytest.param("[contact]\nmonthly_budget_pence = -1", "contact.monthly", id="a debt"),
        pytest.param('[contact]\nhours = ["9:00", "19:30"]', "contact.hours.0:", id="no zero"),
        pytest.param('[contact]\nhours = ["09:00", "24:00"]', "contact.hours.1:", id="midnight"),
        pytest.param('[contact]\nhours = ["09:00"]', "contact.hours.1:", id="no end"),
        pytest.param(
            '[contact]\nhours = ["19:30", "09:00"]',
            "contact.hours: must open before they close.",
            id="closing before opening",
        ),
        pytest.param(
            '[contact]\nhours = ["09:00", "09:00"]',
            "contact.hours: must open before they close.",
            id="never open",
        ),
        pytest.param('[contact]\ndays = ["monday"]', "contact.days.0:", id="a whole weekday"),
        pytest.param('[service]\ntimezone = "UTC"', "service.timezone:", id="another zone"),
        pytest.param('[service]\nlisten = "8080"', "service.listen:", id="no host"),
        pytest.param('[service]\nlog_level = "loud"', "service.log_level:", id="a loud log"),
        pytest.param(
            '[service]\npublic_url = "followup.example.org"',
            "service.public_url: must begin with https://.",
            id="an address without its scheme",
        ),
        pytest.param('[sms]\ngateway = "smoke"', "sms.gateway:", id="smoke signals"),
        pytest.param("[sms]\nper_second = -1", "sms.per_second:", id="less than nothing a second"),
        pytest.param("[sms]\nsegment_pence = -4", "sms.segment_pence:", id="texts that pay us"),
        pytest.param('[sms]\nauth_token = "secret"', "no such setting", id="a secret in the file"),
        pytest.param('[telegram]\ntoken = "1:a"', "no such setting", id="another secret"),
        pytest.param('[telegram]\nmode = "push"', "telegram.mode:", id="an unknown mode"),
        pytest.param("[email]\nport = 0", "email.port:", id="port 0"),
        pytest.param("[email]\nport = 65536", "email.port:", id="a port too many"),
        pytest.param("[understanding]\nthreshold = 1.1", "understanding.threshold:", id="over 1"),
        pytest.param(
            '[[school]]\nid = "a"\nname = "A"',
            "school.0.procedure: this setting is required; add it.",
            id="a school without a procedure",
        ),
        pytest.param(SCHOOL.replace("cansfield", "Cansfield"), "school.0.id:", id="a capital"),
        pytest.param(SCHOOL.replace('"cansfield"', '"../up"'), "school.0.id:", id="a path"),
        pytest.param(SCHOOL.replace('"cansfield"', '"a-KS4"'), "school.0.id:", id="a dash"),
        pytest.param(SCHOOL.replace("Cansfield High School", ""), "school.0.name:", id="no name"),
        pytest.param(SCHOOL * 2, "two [[school]] have the same id", id="one school twice"),
        pytest.param('folder = "/"', "folder: there is no such setting", id="our own field"),
    ],
)
def test_what_is_wrong_is_named_by_its_key_in_one_line(tmp_path, text, why):
    assert why in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(b"[contact", "is not TOML", id="a broken bracket"),
        pytest.param(b"a = 1\na = 2", "is not TOML", id="one key twice"),
        pytest.param(b"\xff\xfe[\0c\0", "cannot be read: UnicodeDecodeError", id="another coding"),
    ],
)
def test_what_is_no_settings_file_is_one_clear_line(tmp_path, content, why):
    file = tmp_path / "config.toml"
    file.write_bytes(content)

    with pytest.raises(Misconfigured, match=why) as refused:
        Settings.load(file)

    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(Misconfigured, match="followup init"):
        Settings.load(tmp_path / "none.toml")


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(Misconfigured, match="cannot be read: IsADirectoryError"):
        Settings.load(tmp_path)


def test_settings_cannot_be_changed_once_they_are_read(tmp_path):
    settings = load(tmp_path, SCHOOL)

    with pytest.raises(ValueError, match="frozen"):
        settings.contact.tries = 9


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        pytest.param("sqlite:///followup.db", "sqlite:///{0}/followup.db", id="beside the file"),
        pytest.param("sqlite:///a/b.db", "sqlite:///{0}/a/b.db", id="in a folder beside it"),
        pytest.param("sqlite:////srv/b.db", "sqlite:////srv/b.db", id="where it says"),
        pytest.param("postgresql+psycopg://h/d", "postgresql+psycopg://h/d", id="a server"),
    ],
)
def test_a_database_stands_beside_its_settings_wherever_they_are_read_from(tmp_path, url, opened):
    settings = load(tmp_path, f'[storage]\nurl = "{url}"')

    assert settings.database_url == opened.format(tmp_path)


def test_secrets_stand_beside_the_settings_too(tmp_path):
    assert load(tmp_path, "").secrets_dir == tmp_path / "secrets"
    elsewhere = load(tmp_path, '[service]\nsecrets_dir = "/run/secrets"')
    assert elsewhere.secrets_dir == Path("/run/secrets")


def test_a_public_address_loses_its_last_stroke(tmp_path):
    settings = load(tmp_path, '[service]\npublic_url = "https://followup.example.org/"')

    assert settings.service.public_url == "https://followup.example.org"


TWILIO = '[sms]\ngateway = "twilio"\n'
TELEGRAM = "[telegram]\nenabled = true\n"
EMAIL = '[email]\nsender = "a@example.org"\n'


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        pytest.param(TWILIO, False, id="a live gateway"),
        pytest.param(TWILIO + 'api_base = "http://127.0.0.1:9"', True, id="a stand-in"),
        pytest.param(TWILIO + 'api_base = "http://localhost:9"', True, id="by name"),
        pytest.param(TWILIO + 'api_base = "http://[::1]:9"', True, id="in the new style"),
        pytest.param(TWILIO + 'api_base = "http://127.0.0.1.example.org"', False, id="a lookalike"),
        pytest.param(TWILIO + 'api_base = "http://example.org/127.0.0.1"', False, id="in a path"),
        pytest.param(TWILIO + 'api_base = "http://localhost@example.org"', False, id="as a user"),
        pytest.param(TWILIO + "trial = true", False, id="a trial is no sandbox"),
        pytest.param(TELEGRAM, False, id="a live bot"),
        pytest.param(TELEGRAM + 'api_base = "http://127.0.0.1:9"', True, id="a stand-in bot"),
        pytest.param('[telegram]\napi_base = "https://example.org"', True, id="a bot at rest"),
        pytest.param(EMAIL + 'host = "mail.example.org"', False, id="a live mail server"),
        pytest.param(EMAIL + 'host = "127.0.0.1"', True, id="a mail server of our own"),
        pytest.param(EMAIL, True, id="no mail server"),
    ],
)
def test_whether_anything_can_leave_the_machine(tmp_path, text, harmless):
    assert load(tmp_path, text).is_harmless is harmless


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        pytest.param("", True, id="in the sandbox"),
        pytest.param(TWILIO, False, id="at a live gateway"),
        pytest.param(TWILIO + "allow_drama_numbers = true", True, id="where it is said"),
        pytest.param("[sms]\nallow_drama_numbers = false", False, id="and where it is forbidden"),
    ],
)
def test_whether_numbers_for_drama_count_as_mobiles(tmp_path, text, allowed):
    assert load(tmp_path, text).sms.drama_allowed is allowed


def test_a_school_writes_english_alone_until_it_turns_more_on(tmp_path):
    assert load(tmp_path, SCHOOL).school[0].languages == ()
    assert load(tmp_path, SCHOOL + 'languages = ["pl", "ur"]\n').school[0].languages == ("pl", "ur")


@pytest.mark.parametrize(
    "language",
    [
        pytest.param("xx", id="none we know"),
        pytest.param("Polish", id="its English name"),
        pytest.param("PL", id="capitals"),
        pytest.param("en", id="English, which is always on"),
        pytest.param("../en", id="a path"),
    ],
)
def test_a_language_that_does_not_ship_is_refused_with_those_that_do(tmp_path, language):
    said = refusal(tmp_path, SCHOOL + f'languages = ["pl", "{language}"]\n')

    assert said == (
        f"school cansfield: languages: there is no wording in {language!r}; "
        "beside English there are ar, cy, pl, ro, ur."
    )


@given(st.integers(min_value=-(10**6), max_value=10**6))
def test_a_number_of_tries_is_taken_or_refused_and_never_bent(tries):
    from pydantic import ValidationError

    from followup.sections import Contact

    try:
        taken = Contact(tries=tries).tries
    except ValidationError:
        assert not 1 <= tries <= 10
    else:
        assert taken == tries


class TestSecrets:
    NAME = "FOLLOWUP_OF_A_TEST"

    @pytest.fixture(autouse=True)
    def none_around(self, monkeypatch):
        """The environment of whoever runs the tests is left out."""
        monkeypatch.delenv(self.NAME, raising=False)
        self.set = monkeypatch.setenv

    def test_one_that_is_nowhere_is_none_and_needing_it_says_where_to_put_it(self, tmp_path):
        secrets = Secrets(tmp_path)

        assert secrets.find(self.NAME) is None
        with pytest.raises(Misconfigured) as missed:
            secrets.need(self.NAME)
        assert str(tmp_path / "followup_of_a_test") in str(missed.value)
        assert f"The secret {self.NAME} is missing" in str(missed.value)

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            pytest.param("s3cret", "s3cret", id="as it is"),
            pytest.param("s3cret\n", "s3cret", id="with the line's end"),
            pytest.param("  s3 cret \r\n", "s3 cret", id="with spaces around"),
            pytest.param("\n \n", None, id="an empty file is none"),
            pytest.param("", None, id="nothing at all is none"),
        ],
    )
    def test_a_file_beside_the_settings_holds_it(self, tmp_path, written, read):
        (tmp_path / "followup_of_a_test").write_text(written)

        found = Secrets(tmp_path).find(self.NAME)

        assert (found.get_secret_value() if found else None) == read

    def test_the_environment_goes_before_the_file(self, tmp_path):
        (tmp_path / "followup_of_a_test").write_text("from the file")
        self.set(self.NAME, "from the environment")

        assert Secrets(tmp_path).need(self.NAME) == "from the environment"

    def test_an_empty_variable_does_not_fall_back_to_the_file(self, tmp_path):
        """Whoever empties it means it: a forgotten file must not speak in its place."""
        (tmp_path / "followup_of_a_test").write_text("forgotten")
        self.set(self.NAME, "")

        assert Secrets(tmp_path).find(self.NAME) is None

    def test_it_does_not_show_when_it_is_printed(self, tmp_path):
        self.set(self.NAME, "s3cret")

        found = Secrets(tmp_path).find(self.NAME)

        assert "s3cret" not in f"{found} {found!r}"

    @pytest.mark.parametrize("content", [b"\xff\xfe\x00", None], ids=["no text", "a folder"])
    def test_a_file_that_cannot_be_read_is_named_and_its_content_is_not(self, tmp_path, content):
        file = tmp_path / "followup_of_a_test"
        if content is None:
            file.mkdir()
        else:
            file.write_bytes(content)

        with pytest.raises(Misconfigured, match=f"{os.fspath(file)} cannot be read"):
            Secrets(tmp_path).find(self.NAME)


LOOPBACK = 'api_base = "http://127.0.0.1:8080"\n'


@pytest.mark.parametrize(
    ("text", "sms", "telegram"),
    [
        pytest.param("", None, 25, id="a sandbox"),
        pytest.param(TWILIO, 10, 25, id="a live gateway"),
        pytest.param(TWILIO + LOOPBACK, None, 25, id="a stand-in on this machine"),
        pytest.param(TWILIO + LOOPBACK + "per_second = 3", 3, 25, id="one with a rate of its own"),
        pytest.param(TWILIO + "per_second = 0", None, 25, id="no limit"),
        pytest.param(TWILIO + "per_second = 0.5", 0.5, 25, id="one in two seconds"),
        pytest.param("[telegram]\nper_second = 5", None, 5, id="fewer chats"),
        pytest.param("[telegram]\n" + LOOPBACK, None, None, id="a bot on this machine"),
    ],
)
def test_how_many_messages_a_gateway_is_given_a_second(tmp_path, text, sms, telegram):
    rates = load(tmp_path, text).rates

    assert rates.get(ChannelName.SMS) == sms
    assert rates.get(ChannelName.TELEGRAM) == telegram
