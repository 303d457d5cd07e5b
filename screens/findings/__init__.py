"""What checking a rulebook finds, in words: a sentence with its figures, and a hint that says what to do."""

from screens.findings import categories, criteria, formulas, grading, switches
from screens.texts import Sentences

PARTS = (criteria, categories, formulas, grading, switches)
WORDS: Sentences = {code: words for part in PARTS for code, words in part.WORDS.items()}
HINTS: Sentences = {code: words for part in PARTS for code, words in part.HINTS.items()}
