"""What is wrong in a plan of tasks, in words; and what to do."""

from __future__ import annotations

from screens.documents import EXAMPLES
from screens.findings.facts import told
from screens.members import role_word
from screens.texts import Facts, Say, Sentences


def level(say: Say, name: object) -> str:
    """Whom a step of an escalation goes to."""
    return say("who carries it") if name == "self" else role_word(say, str(name))


def _steps(say: Say, f: Facts) -> dict[str, object]:
    return told(f, say) | {key: level(say, f[key]) for key in ("to", "above") if key in f}


WORDS: Sentences = {
    "plan_empty": lambda say, f: say("The plan has no obligations."),
    "plan_code_twice": lambda say, f: say("Code {code} stands twice in the plan.", **told(f, say)),
    "plan_never": lambda say, f: say("{name}: it never falls; neither every nor dates is written.", **told(f, say)),
    "plan_falls_never": lambda say, f: say("{name}: as it is written it never falls.", **told(f, say)),
    "plan_every_and_dates": lambda say, f: say("{name}: both every and dates are written.", **told(f, say)),
    "plan_months_left": lambda say, f: say("{name}: months has no effect without every.", **told(f, say)),
    "plan_months_never": lambda say, f: say(
        "{name}: no period begins in the months {months}; periods begin in {begins}.", **told(f, say)
    ),
    "plan_date_missing": lambda say, f: say("{name}: no calendar has the day {date}.", **told(f, say)),
    "plan_date_past": lambda say, f: say("{name}: the due date {date} is past.", **told(f, say)),
    "plan_due_unclear": lambda say, f: say("{name}: the due day is given in several ways: {found}.", **told(f, say)),
    "plan_due_of_dates": lambda say, f: say(
        "{name}: with dates, the date itself is the due day; day and working_day have no place.", **told(f, say)
    ),
    "plan_working_day_none": lambda say, f: say("{name}: there is no working day 0.", **told(f, say)),
    "plan_working_day_late": lambda say, f: say(
        "{name}: some months have fewer than {day} working days; there it is due on the outermost one.", **told(f, say)
    ),
    "plan_month_outside": lambda say, f: say(
        "{name}: the period has {length} months; there is no month {month} in it.", **told(f, say)
    ),
    "plan_key_left": lambda say, f: say("{name}: {key} has no effect here.", **told(f, say)),
    "plan_after_unknown": lambda say, f: say(
        "{name}: no obligation of the plan has the code “{unknown}”.", **told(f, say)
    ),
    "plan_after_circle": lambda say, f: say("{name}: the due dates lead in a circle: {circle}.", **told(f, say)),
    "plan_after_broken": lambda say, f: say(
        "{name}: {chain} leads to no date; the last of them is not in the plan.", **told(f, say)
    ),
    "plan_after_shorter": lambda say, f: say(
        "{name}: {other} falls several times in one period of it, or across two; which is meant is not clear.",
        **told(f, say),
    ),
    "plan_audience_unclear": lambda say, f: say(
        "{name}: it falls on members and on roles at the same time.", **told(f, say)
    ),
    "plan_classes_left": lambda say, f: say("{name}: classes narrow members, but members is not set.", **told(f, say)),
    "plan_lead_longer": lambda say, f: say(
        "{name}: issued {lead} days before it is due, longer than one period: several stand open at a time.",
        **told(f, say),
    ),
    "plan_remind_early": lambda say, f: say(
        "{name}: the reminder {days} days before is never told: it is issued only {lead} days before.", **told(f, say)
    ),
    "plan_still_never": lambda say, f: say(
        "{name}: “still on it?” after {days} days is never asked: it is issued only {lead} days before.",
        **told(f, say),
    ),
    "plan_steps_circle": lambda say, f: say(
        "{name}: the escalation comes back to {to} on day {after}, after it has gone up to {above}.", **_steps(say, f)
    ),
    "plan_step_twice": lambda say, f: say(
        "{name}: two steps go to {to} at the same time: the one from day {first} still repeats on day {after}.",
        **_steps(say, f),
    ),
    "plan_steps_many": lambda say, f: say(
        "{name}: {count} messages about one late task; more than {most} is nagging.", **told(f, say)
    ),
    "plan_item_twice": lambda say, f: say("{name}: the code {item} stands twice in the sheet.", **told(f, say)),
    "plan_item_worthless": lambda say, f: say("{name}: “{item}” can get no points.", **told(f, say)),
    "plan_figure_bounds": lambda say, f: say(
        "{name}: the figure must be {least} at least and {most} at most.", **told(f, say)
    ),
    "plan_posts_nothing": lambda say, f: say("{name}: posts names no criterion.", **told(f, say)),
    "plan_posts_unverified": lambda say, f: say("{name}: it posts points that nobody verifies.", **told(f, say)),
}

HINTS: Sentences = {
    "plan_empty": lambda say, f: say("Write at least one under obligations, such as in {file}.", file=EXAMPLES["plan"]),
    "plan_code_twice": lambda say, f: say("Give each obligation a code of its own; it stays when the name changes."),
    "plan_never": lambda say, f: say("Write every: month (two_months, quarter, half_year, year), or dates."),
    "plan_falls_never": lambda say, f: say("Check months and dates, and when what it is counted from falls."),
    "plan_every_and_dates": lambda say, f: say("Keep one of them, or make two obligations."),
    "plan_months_left": lambda say, f: say("Take months away, or write every instead of dates."),
    "plan_months_never": lambda say, f: say("Take them away, or name the month in which the period begins."),
    "plan_date_missing": lambda say, f: say("Correct the day."),
    "plan_date_past": lambda say, f: say("Take it away or write a later one; without the year it falls every year."),
    "plan_due_unclear": lambda say, f: say("Keep one of day, working_day and after."),
    "plan_due_of_dates": lambda say, f: say("Take them away, or write every instead of dates."),
    "plan_working_day_none": lambda say, f: say("Count from 1, or from the end: -1 is the last working day."),
    "plan_working_day_late": lambda say, f: say("-1 is the last working day of any month."),
    "plan_month_outside": lambda say, f: say("Count from 1, or from the end: -1 is the last month of the period."),
    "plan_key_left": lambda say, f: say("Take it away, or write what it belongs to."),
    "plan_after_unknown": lambda say, f: say("The plan has: {known}.", **told(f, say)),
    "plan_after_circle": lambda say, f: say("Give one of them a day of its own."),
    "plan_after_broken": lambda say, f: say("Correct the last code, or give one of them a day of its own."),
    "plan_after_shorter": lambda say, f: say("Count from one of the same or a longer beat that holds whole periods."),
    "plan_audience_unclear": lambda say, f: say("Keep one of them, or make two obligations."),
    "plan_classes_left": lambda say, f: say("Add members: true, or take classes away."),
    "plan_lead_longer": lambda say, f: say("Write a smaller lead if that is not meant."),
    "plan_remind_early": lambda say, f: say("Take it out of remind, or issue earlier with a larger lead."),
    "plan_still_never": lambda say, f: say("Take still away, or issue earlier with a larger lead."),
    "plan_steps_circle": lambda say, f: say("Let each step go to the same or a higher level than the one before."),
    "plan_step_twice": lambda say, f: say("Keep one of them, or let the first repeat less often (times, every)."),
    "plan_steps_many": lambda say, f: say("Lower times, or take a step away."),
    "plan_item_twice": lambda say, f: say("Give each item a code of its own."),
    "plan_item_worthless": lambda say, f: say("Write max above 0."),
    "plan_figure_bounds": lambda say, f: say("Exchange least and most, or take one of them away."),
    "plan_posts_nothing": lambda say, f: say(
        "Write the code of a criterion under done, late or both, or take posts away."
    ),
    "plan_posts_unverified": lambda say, f: say("Write verify: issuer, if somebody is to look at it first."),
}
