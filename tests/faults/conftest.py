"""The demo house with its year of history."""

from tests.houses import year

__all__ = ["year"]
