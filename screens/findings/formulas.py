"""What is wrong with the names in formulas, in words; and what to do."""

from __future__ import annotations

from screens.findings.facts import meant, told
from screens.texts import Sentences

WORDS: Sentences = {
    "scheme_formula_empty": lambda say, f: say("The formula is empty."),
    "scheme_name_unknown": lambda say, f: say("{name} in the formula stands for nothing.", **told(f, say)),
    "scheme_entry_name_here": lambda say, f: say(
        "{name} speaks of a single entry, but here there is none.", **told(f, say)
    ),
    "scheme_grade_name_here": lambda say, f: say("{name} is not known yet where points are counted.", **told(f, say)),
    "scheme_formulas_circle": lambda say, f: say("These figures wait for one another: {circle}.", **told(f, say)),
}

HINTS: Sentences = {
    "scheme_formula_empty": lambda say, f: say("Write the formula, or take its key away."),
    "scheme_name_unknown": lambda say, f: (
        meant(say, f)
        or say("Names are such as node.CODE, points.CODE, figure.NAME, total; the codes must stand in this file.")
    ),
    "scheme_entry_name_here": lambda say, f: say("Use sums over entries here: count.CODE, sum.CODE, points.CODE."),
    "scheme_grade_name_here": lambda say, f: say(
        "Speak of the grade in `grading` only; for that of the last cycle write previous.grade."
    ),
    "scheme_formulas_circle": lambda say, f: say("Take one of these names out of its formula."),
}
