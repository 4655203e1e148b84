"""Staff walk through the open flags, one keystroke a decision."""

import sys
from typing import TYPE_CHECKING, Any

import typer

from followup.commands.session import By, OfSchool, opened, signed_in

if TYPE_CHECKING:
    from rich.console import Console

    from contact.accepting import Mending
    from contact.ports import Work
    from contact.recording import Known
    from followup.staff import Staff
    from followup.wiring import House

#: The key of each decision; the other keys move on.
KEYS = {
    "c": "code",
    "n": "no_answer_needed",
    "a": "ask_again",
    "w": "withdraw",
    "p": "wrong_person",
    "k": "call_made",
    "y": "accept",
    "d": "discard",
}
_OF_AN_IMPORT = "ydw"
#: Accepts a row of an import after asking for what it lacks.
_MEND = "m"
_HELP = """c  it has a code: you give it        n  no answer is needed
a  ask the question once more        k  you have rung them
w  they want no more of it           p  it is not them
y  accept a row of an import         d  discard it (kept, and held)
m  accept it, and add the cohort or the permission that it lacks
t  it is with you                    s  skip   q  quit   ?  this help"""


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("review")(review)


def review(ctx: typer.Context, by: By = None, school: OfSchool = None) -> None:
    """Walk through the open flags, the most urgent first."""
    from followup.commands.showing import console

    with opened(ctx) as house:
        walk = _Walk(house, signed_in(house, by, school), console())
        walk.go()


class _Walk:
    """One member of staff going through what is open."""

    def __init__(self, house: "House", staff: "Staff", out: "Console") -> None:
        self._house = house
        self._by = staff.by
        self._memory = staff.memory
        self._out = out
        self._keyboard = _Keyboard()
        self._decided = 0
        self._skipped = 0

    def go(self) -> None:
        """Show one flag after the other until there are none, or they have had enough."""
        numbers = self._memory.read(_open_flags).result()
        if not numbers:
            self._say("Nothing to look at.")
            return
        for place, number in enumerate(numbers, start=1):
            self._say(f"\n{place} of {len(numbers)}", "bold")
            if not self._look_at(number):
                break
        left = len(self._memory.read(_open_flags).result())
        self._say(f"\n{self._decided} decided, {self._skipped} skipped, {left} open.")

    def _look_at(self, number: int) -> bool:
        """Whether to go on after this flag."""
        from followup.commands.showing import show_case, show_flag
        from followup.wiring import now

        flag, said, case = self._memory.read(_shown, number).result()
        if flag["closed_at"] is not None:
            self._say(f"Flag {number} was closed by {flag['closed_by']} meanwhile.")
            return True
        show_flag(self._out, flag, said, now())
        if case is not None:
            show_case(self._out, case)
        keys = _OF_AN_IMPORT if flag["kind"] == "import_review" else "cnakwp"
        names = "  ".join(f"[{key}] {KEYS[key].replace('_', ' ')}" for key in keys)
        names += f"  [{_MEND}] accept and mend" if keys is _OF_AN_IMPORT else ""
        self._say(f"{names}  [t] take  [s] skip  [q] quit  [?] help", "dim")
        return self._ask(flag)

    def _ask(self, flag: dict[str, Any]) -> bool:
        """Take keys until one of them settles this flag; False for quit."""
        while True:
            key = self._keyboard.key()
            if key in ("q", ""):
                return False
            if key == "s":
                self._skipped += 1
                return True
            if key == "?":
                self._say(_HELP)
            elif key == "t":
                self._take(flag["id"])
            elif self._settles(key, flag):
                return True
            elif key not in KEYS and key != _MEND:
                self._say("No such key: press ? for help.")

    def _take(self, number: int) -> None:
        from contact.errors import FollowUpError
        from contact.review import take_flag
        from followup.wiring import now

        try:
            self._memory.write(take_flag, number, self._by, now()).result()
        except FollowUpError as error:
            self._say(str(error))
        else:
            self._say(f"Flag {number} is with you.")

    def _decide(
        self, flag: dict[str, Any], decision: str, mending: "Mending | None" = None
    ) -> bool:
        """Close the flag; False where the decision does not fit, and it stays."""
        from contact.errors import AlreadyDecided, FollowUpError
        from contact.flag import Decision
        from contact.review import Ruling, close_flag
        from followup.wiring import now

        known = self._known(flag) if decision == "code" else None
        if decision == "code" and known is None:
            self._say("Not coded: choose again.")
            return False
        ruling = Ruling(Decision(decision), self._by, known, mending=mending)
        desk = self._house.desk
        try:
            remark = self._memory.write(close_flag, flag["id"], ruling, desk, now()).result()
        except AlreadyDecided as error:
            self._say(str(error))
            return True
        except FollowUpError as error:
            self._say(str(error))
            return False
        self._decided += 1
        self._say(" ".join(filter(None, (f"Closed: {decision}.", remark))), "green")
        return True

    def _settles(self, key: str, flag: dict[str, Any]) -> bool:
        """Whether the key stands for a decision, and it was taken."""
        if key == _MEND and flag["kind"] == "import_review":
            return self._mend(flag)
        return key in KEYS and self._decide(flag, KEYS[key])

    def _mend(self, flag: dict[str, Any]) -> bool:
        """Accept a row of an import with what it lacked, as typed; False where it stays."""
        from contact.errors import FollowUpError
        from followup.commands.flags import mending_of

        cohort = self._line("cohort, such as cansfield-KS4-2025", None)
        evidence = self._line("where their yes can be seen", None)
        wording = self._line("under which wording, if not your form's", None) if evidence else None
        try:
            mending = mending_of(self._house, cohort, evidence, wording)
        except FollowUpError as error:
            self._say(str(error))
            return False
        if mending is None:
            self._say("Nothing added: choose again.")
            return False
        return self._decide(flag, "accept", mending)

    def _known(self, flag: dict[str, Any]) -> "Known | None":
        """The code and the place, as typed; what was read in the reply is offered."""
        from contact.errors import NotAllowed
        from contact.nccis import ACTIVITIES, USUAL, Group, for_a_leaver
        from contact.recording import Known
        from followup.places import numbered

        reading = flag["reading"] or {"code": None, "slots": {}}
        for usual in USUAL:
            self._say(f"  {usual} {ACTIVITIES[usual].name}")
        code = self._line("code", reading["code"])
        if not code:
            return None
        try:
            work = for_a_leaver(code).group is Group.EMPLOYMENT
        except NotAllowed as error:
            self._say(str(error))
            return None
        slots = reading["slots"]
        place = "employer" if work else "provider"
        told = {place: self._line(place, slots.get(place))}
        told["course"] = self._line("job" if work else "course", slots.get("course"))
        known = Known(code, level=slots.get("level"), start=slots.get("start"), **told)
        return numbered(known, self._house.providers)

    def _line(self, what: str, offered: str | None) -> str | None:
        """A line as typed; Enter takes what is offered, a dash takes nothing."""
        from followup.commands.showing import styled

        shown = f" [{offered}, - for none]" if offered else " (Enter for none)"
        self._out.print(styled(f"{what}{shown}: "), end="")
        typed = self._keyboard.line().strip()
        return None if typed == "-" else typed or offered

    def _say(self, text: str, style: str = "") -> None:
        from rich.text import Text

        self._out.print(Text(text, style=style))


class _Keyboard:
    """Keys and lines: at a terminal a key needs no Enter, elsewhere they are read as they come."""

    def __init__(self) -> None:
        self._rest = ""

    def key(self) -> str:
        """One key; empty when nobody will press any more."""
        if sys.stdin.isatty():
            try:
                return typer.getchar().casefold()
            except EOFError:
                return ""
        while not self._rest.strip():
            self._rest = sys.stdin.readline()
            if not self._rest:
                return ""
        typed = self._rest.lstrip()
        self._rest = typed[1:]
        return typed[0].casefold()

    def line(self) -> str:
        """A line; what stands after a key on the same line is one."""
        said, self._rest = self._rest, ""
        return said if said.strip() else sys.stdin.readline()


def _open_flags(work: "Work") -> list[int]:
    return [flag.id for flag in work.flags.list()]


def _shown(
    work: "Work", number: int
) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any] | None]:
    from contact.review import flag_of
    from followup.dossier import case_document, flag_document
    from followup.timeline import exchange

    flag = flag_of(work, number)
    case = work.cases.get(flag.case) if flag.case is not None else None
    return (
        flag_document(work, flag),
        exchange(work, flag),
        case_document(work, case) if case else None,
    )
