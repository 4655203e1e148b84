"""Words, both ways: what we ask, and what alumni answer."""
