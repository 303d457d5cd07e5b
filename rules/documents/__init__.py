"""Documents: YAML files that people write, read safely, with the place of everything in them, and fitted to a type."""

from rules.documents.document import Document, Fault, Path, Place, Spot
from rules.documents.fitting import examined, faults, fitted
from rules.documents.judging import Placed
from rules.documents.reading import MOST_BYTES, read

__all__ = [
    "MOST_BYTES",
    "Document",
    "Fault",
    "Path",
    "Place",
    "Placed",
    "Spot",
    "examined",
    "faults",
    "fitted",
    "read",
]
