"""The single words that a gateway acts on by itself, whatever we ask.

Twilio's defaults for long codes: a text that is one of these and nothing else
opts its sender out or in, or is answered with a help text. So none of them may
be an answer in a survey. (twilio.com/docs/messaging, Advanced Opt-Out.)
"""

OPT_OUT = frozenset(("stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"))
OPT_IN = frozenset(("start", "yes", "unstop"))
HELP = frozenset(("help", "info"))


def bare(text: str) -> str:
    """``text`` as a gateway compares it: without case, and without space or stops around it."""
    return text.strip(" \t\r\n.!,?\"'").casefold()
