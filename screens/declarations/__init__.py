"""Screens of declarations, reviews and the organisation's own entries."""
