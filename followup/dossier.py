"""What is known of one alumnus, as a document: what `person show` and `person export` print."""

from collections.abc import Sequence
from typing import Any

from contact.address import Address
from contact.alumnus import Alumnus, Cohort
from contact.attempt import Attempt
from contact.case import Case
from contact.consent import Consent
from contact.destination import Destination
from contact.flag import Flag
from contact.message import Message
from contact.nccis import ACTIVITIES
from contact.ports import Work
from contact.reply import Reading, Reply
from followup.timeline import timeline

Document = dict[str, Any]


def dossier(work: Work, person: Alumnus) -> Document:
    """Everything staff may see of ``person``; addresses in full, because staff ring them."""
    cases = work.cases.of(person.id)
    tries = [each for case in cases for each in work.attempts.of(case.id)]
    messages = work.messages.of(person.id)
    destinations = work.destinations.of(person.id)
    flags = work.flags.of(person.id)
    return {
        "alumnus": alumnus_of(work, person),
        "consents": [_consent(each) for each in work.consents.of(person.id)],
        "addresses": [_address(each) for each in work.addresses.of(person.id)],
        "cases": [case_document(work, each) for each in cases],
        "attempts": [attempt_document(each) for each in tries],
        "messages": [_message(each) for each in messages],
        "destinations": [_destination(each) for each in destinations],
        "flags": [flag_document(work, each) for each in flags],
        "timeline": timeline(work, person),
    }


def everything(work: Work, person: Alumnus) -> Document:
    """The answer to a request for access: the dossier, every reply, and who did what."""
    shown = dossier(work, person)
    shown["replies"] = [reply_document(each) for each in work.replies.of(person.id)]
    shown["audit"] = [
        {
            "at": deed.at,
            "by": deed.by,
            "action": deed.action,
            "subject": deed.subject,
            "detail": deed.detail,
            "note": deed.note,
        }
        for deed in work.audit.of(person.id)
    ]
    return shown


def alumnus_of(work: Work, person: Alumnus) -> Document:
    """Who somebody is, with the cohorts they left with."""
    groups = work.cohorts.of(person.id)
    return {
        "reference": person.reference,
        "name": person.profile.name,
        "preferred": person.profile.preferred,
        "born_on": person.profile.born_on,
        "school": person.school,
        "cohorts": [each.cohort.id for each in groups],
        "retained": any(each.retained for each in groups),
        "held": person.held_since is not None,
        "held_since": person.held_since,
        "created_at": person.created_at,
        "as_of": person.as_of,
    }


def case_document(work: Work, case: Case) -> Document:
    """A case with the ending that stands."""
    endings = work.cases.endings(case.id)
    stands = endings[-1] if endings else None
    return {
        "id": case.id,
        "wave": case.wave,
        "cohort": case.cohort,
        "state": case.state,
        "disposition": stands and stands.disposition,
        "detail": stands and stands.detail,
        "code": stands and stands.code,
        "opened_at": case.opened_at,
        "until": case.terms.until,
        "tries": case.terms.tries,
        "ended_at": case.ended_at,
        "paused_since": case.paused_since,
        "act_at": case.act_at,
    }


def case_in_full(work: Work, case: Case) -> Document:
    """A case with its tries, its messages and every ending it had."""
    person = work.alumni.get(case.alumnus)
    return {
        **case_document(work, case),
        "alumnus": person and person.reference,
        "endings": [
            {
                "at": each.at,
                "disposition": each.disposition,
                "detail": each.detail,
                "code": each.code,
            }
            for each in work.cases.endings(case.id)
        ],
        "attempts": [attempt_document(each) for each in work.attempts.of(case.id)],
        "messages": [_message(each) for each in work.messages.of_case(case.id)] if person else [],
    }


def attempt_document(one: Attempt) -> Document:
    """A try."""
    return {
        "case": one.case,
        "number": one.number,
        "state": one.state,
        "channel": one.channel,
        "planned_for": one.planned_for,
        "asked_at": one.asked_at,
        "answer_by": one.answer_by,
        "ended_at": one.ended_at,
        "outcome": one.outcome,
        "by": one.by,
    }


def flag_document(work: Work, flag: Flag) -> Document:
    """A flag with the reply it is about, and what was understood from it."""
    person = work.alumni.get(flag.alumnus) if flag.alumnus else None
    erased = flag.alumnus is not None and person is None
    reply = work.replies.get(flag.reply) if flag.reply and not erased else None
    return {
        "id": flag.id,
        "kind": flag.kind,
        "severity": flag.severity,
        "alumnus": person and person.reference,
        "opened_at": flag.opened_at,
        "due_at": flag.due_at,
        "taken_by": flag.taken_by,
        "text": reply and reply.text,
        "reading": reading_document(reply.reading) if reply and reply.reading else None,
        "case": flag.case,
        "detail": flag.detail,
        "closed_at": flag.closed_at,
        "decision": flag.decision,
        "closed_by": flag.closed_by,
        "note": flag.note,
    }


def reading_document(read: Reading) -> Document:
    """What was understood, by the names that `understand` prints."""
    slots = ("provider", "employer", "course", "level", "start", "urn", "ukprn")
    return {
        "label": read.label,
        "code": read.code,
        "confidence": read.confidence,
        "review": read.review,
        "slots": {name: getattr(read.slots, name) for name in slots},
        "flags": list(read.flags),
        "evidence": list(read.evidence),
        "guesses": list(read.guesses),
    }


def reply_document(one: Reply) -> Document:
    """A reply as it came, and what was understood from it."""
    return {
        "at": one.received_at,
        "channel": one.channel,
        "text": one.text,
        "case": one.case,
        "question": one.question,
        "reading": reading_document(one.reading) if one.reading else None,
    }


def found(work: Work, people: Sequence[Alumnus]) -> list[Document]:
    """People as `person find` lists them; the newest cohort stands for all."""
    rows = []
    for person in people:
        cohorts = sorted((each.cohort for each in work.cohorts.of(person.id)), key=_year)
        newest = cohorts[-1].id if cohorts else None
        rows.append({"alumnus": person.reference, "name": person.profile.name, "cohort": newest})
    return rows


def _year(cohort: Cohort) -> int:
    return cohort.leaving_year


def _consent(one: Consent) -> Document:
    return {
        "purpose": one.purpose,
        "wording": one.wording,
        "granted_at": one.granted_at,
        "how": one.how,
        "recorded_by": one.recorded_by,
        "until": one.until,
        "withdrawn_at": one.withdrawn_at,
        "withdrawn_how": one.withdrawn_how,
    }


def _address(one: Address) -> Document:
    return {
        "channel": one.channel,
        "value": one.value,
        "position": one.position,
        "standing": one.standing,
        "failures": one.failures,
    }


def _message(one: Message) -> Document:
    return {
        "at": one.claimed_at or one.not_before,
        "kind": one.kind,
        "channel": one.channel,
        "text": one.text,
        "delivery": one.delivery,
        "code": one.code,
        "detail": one.detail,
        "segments": one.segments,
        "attempt": one.attempt,
        "case": one.case,
    }


def _destination(one: Destination) -> Document:
    activity = ACTIVITIES.get(one.code)
    return {
        "code": one.code,
        "name": activity and activity.name,
        "source": one.source,
        "known_since": one.known_since,
        "provider": one.provider,
        "urn": one.urn,
        "ukprn": one.ukprn,
        "employer": one.employer,
        "course": one.course,
        "level": one.level,
        "from": one.start,
        "to": one.ended_on,
        "expected": one.expected,
        "by": one.by,
    }
