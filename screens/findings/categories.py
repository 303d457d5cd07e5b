"""What is wrong in categories, windows and bounds, in words; and what to do."""

from __future__ import annotations

from screens.findings.facts import given, told
from screens.texts import Sentences

WORDS: Sentences = {
    "scheme_window_longer": lambda say, f: say(
        "{code} {name}: it is counted by {window}, but its category {category} is scored by {part}.", **told(f, say)
    ),
    "scheme_periods_longer": lambda say, f: say(
        "Sub-periods of {months} months ({part}) do not fit into {span} months.", **told(f, say)
    ),
    "scheme_endless": lambda say, f: say("Counting never begins anew, so it has no beginning; this needs one."),
    "scheme_weights_left": lambda say, f: say("Weights have no effect with combine: {combine}.", **told(f, say)),
    "scheme_weights_count": lambda say, f: say(
        "{found} weights are given; sub-periods by {part} need {count} (0: their number is not known).", **given(say, f)
    ),
    "scheme_weights_sum": lambda say, f: say("{name}: the weights add up to {sum}, not to 1.", **told(f, say)),
    "scheme_base_above_max": lambda say, f: say(
        "Each begins with {base}, which is above the most {most}.", **told(f, say)
    ),
    "scheme_base_below_min": lambda say, f: say(
        "Each begins with {base}, which is below the least {least}.", **told(f, say)
    ),
    "scheme_full_above_max": lambda say, f: say(
        "{code} {name}: the full mark {full} is above the max {most}.", **told(f, say)
    ),
    "scheme_full_below_min": lambda say, f: say(
        "{code} {name}: the full mark {full} is below the min {least}.", **told(f, say)
    ),
    "scheme_any_too_few": lambda say, f: say(
        "{code} {name}: {need} are needed, but there are only {items}.", **told(f, say)
    ),
    "scheme_inner_above_category": lambda say, f: say(
        "{code} {name}: the full marks of its categories add up to {marks} = {sum}, above its max {most}.",
        **told(f, say),
    ),
    "scheme_items_above_category": lambda say, f: say(
        "{code} {name}: its items count once by {part} and add up to {marks} = {sum}, above its max {most}.",
        **told(f, say),
    ),
    "scheme_items_above_max": lambda say, f: say(
        "{code} {name}: its items add up to {marks} = {sum}; only {most} of it count.", **told(f, say)
    ),
    "scheme_max_unreachable": lambda say, f: say(
        "{code} {name}: the max {limit} cannot be reached; all together bring {most} at most.", **told(f, say)
    ),
    "scheme_min_unreachable": lambda say, f: say(
        "{code} {name}: the min {least} is above all that can be brought ({most}).", **told(f, say)
    ),
    "scheme_max_below_least": lambda say, f: say(
        "{code} {name}: the max {limit} is below the least that is always brought ({brings}).", **told(f, say)
    ),
    "scheme_target_above_max": lambda say, f: say(
        "The target {target} cannot be reached; the total is {most} at most.", **told(f, say)
    ),
    "scheme_exempts_all": lambda say, f: say("This exemption has neither class nor condition: it exempts everybody."),
    "scheme_event_unnamed": lambda say, f: say("The cycle ends at an event, but the event has no name."),
    "scheme_number_unusable": lambda say, f: say("{number} is no number that can be reckoned with.", **told(f, say)),
}

HINTS: Sentences = {
    "scheme_window_longer": lambda say, f: say(
        "Count it by {part} or shorter, or move it to a category that is scored once in the cycle.", **told(f, say)
    ),
    "scheme_periods_longer": lambda say, f: say("Choose a shorter sub-period."),
    "scheme_endless": lambda say, f: say("Give the scheme a cycle by dates or by event, or leave this out."),
    "scheme_weights_left": lambda say, f: say("Take the weights away, or write combine: weighted."),
    "scheme_weights_count": lambda say, f: say("Write one weight for each sub-period of the span."),
    "scheme_weights_sum": lambda say, f: say("Let them add up to 1 (0.3 stands for 30%)."),
    "scheme_base_above_max": lambda say, f: say("Lower the base or raise the max of the total."),
    "scheme_base_below_min": lambda say, f: say("Raise the base or lower the min of the total."),
    "scheme_full_above_max": lambda say, f: say("Write the same number for both, or raise the max."),
    "scheme_full_below_min": lambda say, f: say("Lower the min below the full mark."),
    "scheme_any_too_few": lambda say, f: say("Lower need to {items} or less, or add items.", **told(f, say)),
    "scheme_inner_above_category": lambda say, f: say(
        "Raise the max to {sum}, or lower the full marks.", **told(f, say)
    ),
    "scheme_items_above_category": lambda say, f: say(
        "Full marks must fit: raise the max to {sum}, or lower the items until they add up to {most}.", **told(f, say)
    ),
    "scheme_items_above_max": lambda say, f: say(
        "If these are full marks, let them add up to {most}; if the max is only a cap, leave it.", **told(f, say)
    ),
    "scheme_max_unreachable": lambda say, f: say(
        "Lower the max to {most}, or raise caps and points; where points are only deducted, write the "
        "full mark (full).",
        **told(f, say),
    ),
    "scheme_min_unreachable": lambda say, f: say("Lower the min, or write the full mark or base."),
    "scheme_max_below_least": lambda say, f: say(
        "Raise the max above {brings}, or lower base, full marks and minima.", **told(f, say)
    ),
    "scheme_target_above_max": lambda say, f: say("Lower the target to {most} or less.", **told(f, say)),
    "scheme_exempts_all": lambda say, f: say("Write for, when, or on_request: true."),
    "scheme_event_unnamed": lambda say, f: say("Write the event, such as event: 评议会."),
    "scheme_number_unusable": lambda say, f: say("Write a plain number of at most twelve digits."),
}
