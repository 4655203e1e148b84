"""The service in several processes, some of which die."""
