"""The service: introduces the other rooms to each other."""
