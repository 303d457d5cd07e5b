"""What checking a rulebook or a plan of tasks finds, in words: a sentence, and a hint what to do."""

from screens.findings import categories, criteria, formulas, grading, plans, switches
from screens.texts import Sentences

PARTS = (criteria, categories, formulas, grading, plans, switches)
WORDS: Sentences = {code: words for part in PARTS for code, words in part.WORDS.items()}
HINTS: Sentences = {code: words for part in PARTS for code, words in part.HINTS.items()}
