"""This is how a reply in words becomes a reading: label, code, slots, and how sure we are."""

from bot.understanding.choices import NOW_CHOICES, Choice
from bot.understanding.learnt import Learnt
from bot.understanding.providers import Provider, ProviderIndex
from bot.understanding.read import understand

__all__ = ["NOW_CHOICES", "Choice", "Learnt", "Provider", "ProviderIndex", "understand"]
