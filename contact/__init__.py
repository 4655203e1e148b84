"""Who may be contacted, how, and what became of it."""
