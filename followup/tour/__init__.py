"""The service shown whole: invented leavers, an invented term, the real engine."""
