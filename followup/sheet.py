"""A sheet of invitations to print and cut up: one card for each alumnus."""

from collections.abc import Iterable
from html import escape
from typing import Final

from contact.hours import LONDON
from followup.inviting import Link

_HEAD: Final = """\
<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<title>Invitations</title>
<style>
body { font: 12pt/1.4 sans-serif; margin: 1cm }
article { break-inside: avoid; border-bottom: 1px dashed #888; padding: 6mm 0 }
h2 { font-size: 14pt; margin: 0 }
p { margin: 1mm 0 }
code { font-size: 11pt; word-break: break-all }
small { color: #444 }
</style>
"""
_STEP: Final = "Open this link on the phone that has your Telegram. It works once, for you only:"


def as_html(links: Iterable[Link]) -> str:
    """The sheet as a page that prints well and loads nothing from elsewhere."""
    return _HEAD + "".join(map(_card, links))


def as_text(links: Iterable[Link]) -> str:
    """The sheet as plain text."""
    cards = (
        f"{each.name} ({each.alumnus})\n{_STEP}\n{each.url}\nGood until {_day(each)}.\n"
        for each in links
    )
    return f"\n{'- ' * 30}\n\n".join(cards)


def _card(link: Link) -> str:
    return (
        f"<article><h2>{escape(link.name)}</h2><p>{_STEP}</p>"
        f"<p><code>{escape(link.url)}</code></p>"
        f"<p><small>{escape(link.alumnus)}, good until {_day(link)}</small></p></article>\n"
    )


def _day(link: Link) -> str:
    day = link.expires_at.astimezone(LONDON)
    return f"{day.day} {day:%B %Y}"
