"""What is wrong in grades and quotas, in words; and what to do."""

from __future__ import annotations

from screens.findings.facts import given, meant, told
from screens.texts import Sentences

WORDS: Sentences = {
    "scheme_grades_unordered": lambda say, f: say(
        "Grades must go from the highest to the lowest: {first} begins at {start}, {second} after it at {next}.",
        **told(f, say),
    ),
    "scheme_grades_equal": lambda say, f: say("The grades {first} and {second} both begin at {start}.", **told(f, say)),
    "scheme_grade_twice": lambda say, f: say("The grade {grade} stands twice in one step.", **told(f, say)),
    "scheme_grade_unreachable": lambda say, f: say(
        "The grade {grade} from {start} cannot be reached; the total is {most} at most.", **told(f, say)
    ),
    "scheme_grade_never": lambda say, f: say(
        "Nobody can get the grade {grade}: the total is {least} at least.", **told(f, say)
    ),
    "scheme_grades_gap": lambda say, f: say("Totals from {least} to below {start} have no grade.", **told(f, say)),
    "scheme_grades_gap_endless": lambda say, f: say(
        "Totals below {start} have no grade, and the total has no lower bound.", **told(f, say)
    ),
    "scheme_grade_unknown": lambda say, f: say(
        "No step gives the grade “{grade}”; there are: {known}.", **told(f, say)
    ),
    "scheme_step_unclear": lambda say, f: say(
        "A step of the grading does exactly one thing; given: {found}.", **given(say, f)
    ),
    "scheme_effect_nothing": lambda say, f: say("{name}: the veto has no effect.", **told(f, say)),
    "scheme_effect_lowest": lambda say, f: say(
        "{name}: the lowest score of a fixed grade is meant, but no grade is fixed.", **told(f, say)
    ),
    "scheme_quota_gradeless": lambda say, f: say("The quota names no grade."),
    "scheme_quota_open": lambda say, f: say("The quota of {grades} has no number.", **told(f, say)),
    "scheme_quota_nobody": lambda say, f: say(
        "{share} of a group of {size} is, rounded, nobody for {grades}.", **told(f, say)
    ),
    "scheme_quotas_contradict": lambda say, f: say(
        "In a group of {size}, at least {least} but at most {most} may have {grades}.", **told(f, say)
    ),
    "scheme_quotas_above_all": lambda say, f: say(
        "What must be given at least adds up to {share} percent of a group.", **told(f, say)
    ),
    "scheme_quotas_below_all": lambda say, f: say(
        "All grades together may have {share} percent of a group at most; the rest could get none.", **told(f, say)
    ),
}

HINTS: Sentences = {
    "scheme_grades_unordered": lambda say, f: say(
        "Put {second} before {first}, or correct the numbers.", **told(f, say)
    ),
    "scheme_grades_equal": lambda say, f: say("Let each grade begin at another total."),
    "scheme_grade_twice": lambda say, f: say("Keep one, or rename the other."),
    "scheme_grade_unreachable": lambda say, f: say(
        "Lower it to {most} or less, or raise what the categories may bring.", **told(f, say)
    ),
    "scheme_grade_never": lambda say, f: say("Take the grade away, or lower the base, or let points be deducted."),
    "scheme_grades_gap": lambda say, f: say("Add a lowest grade, such as from: {least}.", **told(f, say)),
    "scheme_grades_gap_endless": lambda say, f: say("Write total.min, such as 0, or a lowest grade."),
    "scheme_grade_unknown": lambda say, f: (
        meant(say, f) or say("Write it among the thresholds or levels, or correct its name.")
    ),
    "scheme_step_unclear": lambda say, f: say("Make a step of its own of each."),
    "scheme_effect_nothing": lambda say, f: say("Write grade, at_most, never, down, zero, lowest or ineligible."),
    "scheme_effect_lowest": lambda say, f: say("Write grade as well, or zero instead of lowest."),
    "scheme_quota_gradeless": lambda say, f: say("Write grades, such as grades: [优秀]."),
    "scheme_quota_open": lambda say, f: say("Write most, least, or allotted: true."),
    "scheme_quota_nobody": lambda say, f: say(
        "Write smallest: {enough} (smaller groups are taken together), or round: up.", **told(f, say)
    ),
    "scheme_quotas_contradict": lambda say, f: say("Lower the least number or raise the most."),
    "scheme_quotas_above_all": lambda say, f: say("Lower the shares until they add up to 100% at most."),
    "scheme_quotas_below_all": lambda say, f: say("Leave one grade without a quota, or let the shares add up to 100%."),
}
