"""What we measure ourselves against: the same work, done the textbook way."""
