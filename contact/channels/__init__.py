"""The gateways, one module each: the only vendor imports of this package."""
