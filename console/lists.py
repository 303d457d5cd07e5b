"""Lists in pages: which page is shown, and addresses that keep the filters."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request

PER_PAGE = 50
MOST_TEXT = 60


def page_number(request: Request) -> int:
    """The page asked for, from 1; whatever is no page is the first."""
    text = request.query_params.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def filters(request: Request, *names: str) -> dict[str, str]:
    """The filters asked for, "" where none is."""
    return {name: request.query_params.get(name, "").strip()[:MOST_TEXT] for name in names}


@dataclass(frozen=True, slots=True)
class Paging:
    """Where in a list one is; `href(n)` is the address of another page with the same filters."""

    path: str
    filters: dict[str, str]
    page: int
    total: int
    per: int = PER_PAGE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.per))

    @property
    def first(self) -> int:
        """The number of the first row shown."""
        return min(self.total, (self.page - 1) * self.per + 1)

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return min(self.total, self.page * self.per)

    def href(self, page: int) -> str:
        """Another page, the same filters."""
        query = {name: value for name, value in self.filters.items() if value} | {"page": str(page)}
        return f"{self.path}?{urlencode(query)}"
