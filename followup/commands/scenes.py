"""The demonstration as it is printed, scene by scene."""

import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from contact.hours import LONDON
from followup.commands.showing import plain, styled

if TYPE_CHECKING:
    from followup.importing import Outcome
    from followup.tour.findings import Due, Findings, Line, Open, Story

#: Wider than this is harder to read, however wide the terminal is.
_WIDEST = 100
_READABLE = 88
_BUBBLE = 54
_BAR = 24
_TIME = 18
_NAME = 16
_SEVERITY = {"urgent": "bold red", "soon": "yellow", "routine": "dim"}
_ACTIONS = {
    "import": "taken in, may be texted",
    "import_no_sms": "taken in, but there is no mobile to text",
    "review": "kept aside until somebody has looked",
    "hold_no_consent": "kept, never contacted: no clear yes on the form",
    "merge_duplicate": "the same person again",
    "reject": "refused, and written to the rejects file",
}
_REASONS = {
    "phone_repaired": "number mended: Excel ate its zero, or added .0",
    "name_missing": "no name",
    "dob_impossible": "a date of birth that does not exist",
    "name_characters": "the name is a spreadsheet formula",
    "email_missing": "no e-mail",
    "phone_digits_lost": "Excel made it 7.70E+09: digits lost, never guessed",
    "same_person_again": "name and date of birth of an earlier row",
    "consent_missing": "the consent question was left blank",
    "consent_refused": "said no to being contacted",
    "landline_not_sms": "a landline takes no texts",
    "phone_letter_o": "letter o for zero in the number: confirm it",
    "age_doubtful": "ten years old when leaving school?",
    "phone_missing": "no number",
}
_ABOUT = {
    "no_address": "no number left that works",
    "wrong_person": "somebody else has the number (their words are deleted)",
    "shared_number": "two leavers on one phone",
}
_ENDED = {
    "complete": "answered everything",
    "partial": "told us what they do, then went quiet",
    "refusal": "said no, or STOP",
    "non_contact": "unknown: no answer to any try, or no working number",
    "break_off": "began, and never said what they do",
    "other": "waits for staff (worry, unclear, wrong number)",
}
_ORDER = ("complete", "partial", "refusal", "break_off", "non_contact", "other")
_UNKNOWN = {"810": "nobody answered", "820": "no working number"}


def out() -> Console:
    """Standard output, no wider than is good to read; plain where it is no terminal."""
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal without our signs shows question marks, and not a traceback.
        sys.stdout.reconfigure(errors="replace")
    width = min(Console().width, _WIDEST)
    return Console(highlight=False, markup=False, emoji=False, width=width)


def opening(console: Console, begins: date, ends: date) -> None:
    """What this is, honestly."""
    console.print(Rule("Where did they go?", style="bold cyan", characters="═"))
    console.print(
        "\nThe alumni follow-up service, shown whole on a small invented school. Nobody in it "
        "exists, nothing leaves this machine (the gateway is a sandbox with invented people "
        f"behind it), and the clock is virtual: the term from {_day(begins)} to {_day(ends)} "
        "passes in seconds. The rest is the real thing: import, rules, bot, ledger, database."
    )


def import_scene(console: Console, file: Path, outcomes: Sequence["Outcome"]) -> None:
    """What came of the rows, and of each bad one why."""
    _title(console, 1, f"The leavers' file: {len(outcomes)} rows from {file}")
    counts = Counter(outcome.action.value for outcome in outcomes)
    actions = _table()
    for action, text in _ACTIONS.items():
        actions.add_row(styled(counts[action], "bold"), styled(action), styled(text))
    console.print(actions)
    console.print()
    rows = _table("row", "what", "why")
    for each in outcomes:
        reasons = each.reasons or tuple(note for note in each.notes if note == "phone_repaired")
        if reasons:
            why = "; ".join(_reason(reason) for reason in reasons)
            rows.add_row(str(each.row), styled(each.action), styled(why))
    console.print(rows)


def due_scene(console: Console, day: date, found: Sequence["Due"]) -> None:
    """Who was due on the first day, and who was not."""
    people = sum(each.count for each in found)
    _title(console, 2, f"Who was due on {_day(day)}: {people} people, each with a reason")
    rows = _table("how many", "reason", "for example")
    for each in found:
        who = f"{plain(each.who)}: " if each.who else ""
        text = Text.assemble((who, "bold"), plain(each.text))
        style = "bold green" if each.code == "due" else ""
        rows.add_row(styled(each.count, style), styled(each.code, style), text)
    console.print(rows)


def conversation_scene(console: Console, stories: Iterable[tuple[str, "Story"]]) -> None:
    """Conversations as they ran; each with a word on why it is worth a look."""
    _title(console, 3, "Conversations, as they ran")
    for place, (why, story) in enumerate(stories):
        console.print(Text.assemble(("\n" + plain(story.name), "bold"), f"  {why}"))
        _bubbles(console, story.lines, again=place > 0)
        recorded = story.recorded or "nothing"
        console.print(_indented(f"Recorded: {recorded}. Case: {_end(story)}.", "green"))


def tries_scene(console: Console, found: "Findings") -> None:
    """How many were asked how often, and which try was answered."""
    _title(console, 4, "Tries: three at most, days apart, in opening hours")
    most = max(found.tries.values(), default=1)
    rows = _table("try", "asked", "answered", "")
    for number, texts in found.tries.items():
        answered = found.answered_at.get(number, 0)
        filled, rest = round(_BAR * answered / most), round(_BAR * (texts - answered) / most)
        bar = Text.assemble(("█" * filled, "green"), ("░" * rest, "dim"))
        rows.add_row(str(number), str(texts), str(answered), bar)
    console.print(rows)
    three = sum(story.code == "810" and story.tries == len(found.tries) for story in found.stories)
    console.print(_indented(f"Unknown after three tries without an answer: {three}."))
    sent, segments = sum(found.messages.values()), found.segments
    console.print(
        _indented(f"{sent} texts in all ({segments} SMS parts), {found.replies} replies.")
    )


def flags_scene(console: Console, flags: Sequence["Open"]) -> None:
    """What staff have to look at, the most urgent first."""
    _title(console, 5, f"For staff: {len(flags)} open flags, the most urgent first")
    rows = _table("", "flag", "about", "because of")
    rows.columns[2].max_width = _NAME
    for each in flags:
        style = _SEVERITY[each.severity]
        kind = each.kind.replace("_", " ")
        why = _reasons(each.text) if each.kind == "import_review" else each.text
        why = why.replace("_", " ") or _ABOUT.get(each.kind, "")
        rows.add_row(styled(each.severity, style), styled(kind), styled(each.name), styled(why))
    console.print(rows)


def summary_scene(console: Console, found: "Findings", named: Mapping[str, str]) -> None:
    """What the term came to; ``named`` gives each activity code its name."""
    _title(console, 6, f"The term in figures: {found.asked} leavers were to be asked")
    ended = _table("cases", "ended", "meaning")
    for how in sorted(found.ended, key=_ORDER.index):
        ended.add_row(styled(found.ended[how], "bold"), styled(how), styled(_ENDED[how]))
    console.print(ended)
    console.print()
    places = _table("answers", "destination")
    for code, count in found.destinations.items():
        places.add_row(styled(count, "bold"), styled(f"{code} {named[code]}"))
    console.print(places)
    console.print()
    unknown = ", ".join(
        f"{count} {_UNKNOWN[code]} ({code})" for code, count in found.unknown.items()
    )
    rate = f"{found.response_rate:.0%}"
    console.print(
        _indented(f"Response rate {rate}: {found.answered} of {found.asked} answered.", "bold")
    )
    console.print(_indented(f"Unknown: {unknown}. Refused: {found.refused} (830)."))


def next_scene(console: Console, program: str, config: Path, somebody: str) -> None:
    """What to type now; ``program`` is how the command is called here."""
    _title(console, 7, "Your turn: the database is still there")
    here = f"{program} --config {config}"
    for command, text in (
        (f"{here} review", "work through the open flags"),
        (f"{here} person find {somebody}", "find somebody; then person show REF"),
        (f"{here} due", "who would be asked today, and why not"),
        (f"{here} flags list", "the same flags as a list"),
        (f"{program} chat --explain", "talk to the bot yourself"),
    ):
        console.print(Text(f"  # {text}", style="dim"))
        console.print(Text(f"  {command}", style="cyan"), soft_wrap=True)


def _title(console: Console, number: int, text: str) -> None:
    console.print()
    console.print(Rule(styled(f"{number}  {text}", "bold"), align="left", style="cyan"))


def _table(*headings: str) -> Table:
    made = Table(
        *(headings or ("", "", "")), box=SIMPLE_HEAD, header_style="dim", pad_edge=False,
        show_header=bool(headings), show_edge=False,
    )  # fmt: skip
    made.columns[0].justify = "right"
    return made


def _bubbles(console: Console, lines: Iterable["Line"], *, again: bool) -> None:
    """The texts in their order; the list in an ask is left out where it was shown before."""
    day = None
    for line in lines:
        local = line.at.astimezone(LONDON)
        when = f"{local:%a} {local.day} {local:%b} " if local.date() != day else ""
        day = local.date()
        short = again and line.kind == "ask"
        text = line.text.partition("\n")[0] + " …" if short else line.text
        _bubble(console, f"{when}{local:%H:%M}".rjust(_TIME - 2), text, ours=line.ours)


def _bubble(console: Console, when: str, text: str, *, ours: bool) -> None:
    """Ours stand on the left, theirs on the right."""
    wide = min(console.width, _READABLE) - _TIME
    bubble = min(_BUBBLE, wide - 6)
    times = [when, *[" " * len(when)] * 99]
    shown = [part for each in text.splitlines() for part in textwrap.wrap(each, bubble)]
    for time, part in zip(times, shown or [""], strict=False):
        said = f"▌ {plain(part)}" if ours else f"{plain(part)} ▐".rjust(wide - 2)
        console.print(
            Text.assemble((f"{time}  ", "dim"), (said, "cyan" if ours else "green"))
        )  # fmt: skip


def _end(story: "Story") -> str:
    if story.disposition == "other":
        return f"other ({story.detail.replace('_', ' ')})"
    which = f" at try {story.answered_at}" if story.answered_at else ""
    return f"{story.disposition.replace('_', ' ')}{which}"


def _indented(text: str, style: str = "") -> Padding:
    return Padding(styled(text, style), (0, 0, 0, 2), expand=False)


def _reason(code: str) -> str:
    return _REASONS.get(code, code.replace("_", " "))


def _reasons(codes: str) -> str:
    return "; ".join(_reason(code) for code in codes.split(", "))


def _day(day: date | datetime) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
