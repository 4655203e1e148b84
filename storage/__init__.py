"""Memory: everything the service must still know tomorrow."""
