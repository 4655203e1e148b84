"""The service over HTTP: webhooks, health and metrics."""

from followup.web.create import create_app

__all__ = ["create_app"]
