"""When: the calendar, who is due, and the clock that starts the work."""
