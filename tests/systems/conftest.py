"""The demo house with its year of history."""

from tests.houses import folder, parts, people, year

__all__ = ["folder", "parts", "people", "year"]
