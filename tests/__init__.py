"""The tests of the service, and what they stand on."""
