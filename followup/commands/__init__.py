"""The commands, one module a group: parse, one use case, print."""
