"""Years of a procedure in seconds: the real engine, invented alumni, and what it comes to."""
