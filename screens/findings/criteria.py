"""What is wrong in codes, names, criteria and their values, in words; and what to do."""

from __future__ import annotations

from screens.findings.facts import given, meant, told
from screens.texts import Sentences

WORDS: Sentences = {
    "scheme_code_twice": lambda say, f: say("Code {code} stands twice.", **told(f, say)),
    "scheme_code_reserved": lambda say, f: say(
        "The code “{code}” means something else in formulas and tables.", **told(f, say)
    ),
    "scheme_name_twice": lambda say, f: say("The name {name} stands twice.", **told(f, say)),
    "scheme_name_empty": lambda say, f: say("{code}: the name, or an alias, is empty.", **told(f, say)),
    "scheme_pool_unknown": lambda say, f: say("{code} {name}: there is no pool “{pool}”.", **told(f, say)),
    "scheme_group_unknown": lambda say, f: say("{code} {name}: there is no group “{group}”.", **told(f, say)),
    "scheme_criterion_unknown": lambda say, f: say(
        "{code} {name}: there is no criterion with the code “{unknown}”.", **told(f, say)
    ),
    "scheme_class_unknown": lambda say, f: say("There is no class “{unknown}”.", **told(f, say)),
    "scheme_credit_loop": lambda say, f: say("{code} {name}: credit goes in a circle: {circle}.", **told(f, say)),
    "scheme_part_unused": lambda say, f: say("“{name}” is shared by no criterion.", **told(f, say)),
    "scheme_value_unclear": lambda say, f: say(
        "{code} {name}: give exactly one rule for the value; given: {found}.", **given(say, f)
    ),
    "scheme_per_without_points": lambda say, f: say(
        "{code} {name}: `per` says by what is counted, but not for how many points.", **told(f, say)
    ),
    "scheme_value_key_left": lambda say, f: say(
        "{code} {name}: {key} has no effect with this rule; it serves {serves}.", **told(f, say)
    ),
    "scheme_value_key_beside": lambda say, f: say(
        "{code} {name}: {key} has no effect beside {beside}.", **told(f, say)
    ),
    "scheme_value_empty": lambda say, f: say(
        "{code} {name}: {key} is empty, so nothing is ever worth anything.", **told(f, say)
    ),
    "scheme_step_zero": lambda say, f: say(
        "{code} {name}: points are given for every {every}, which is not more than nothing.", **told(f, say)
    ),
    "scheme_tiers_equal": lambda say, f: say("{code} {name}: two tiers begin at {after}.", **told(f, say)),
    "scheme_tiers_unordered": lambda say, f: say(
        "{code} {name}: the tiers overlap: after {before} comes {after}.", **told(f, say)
    ),
    "scheme_option_unknown": lambda say, f: say("{code} {name}: there is no option “{unknown}”.", **told(f, say)),
    "scheme_table_keys": lambda say, f: say(
        "{code} {name}: a table is looked up by one or two keys, not by {count}.", **told(f, say)
    ),
    "scheme_table_row": lambda say, f: say(
        "{code} {name}: the row “{row}” does not fit the keys {keys}.", **told(f, say)
    ),
    "scheme_expected_never": lambda say, f: say("{code} {name}: it is expected {times} times.", **told(f, say)),
    "scheme_expected_window": lambda say, f: say(
        "{code} {name}: so many times in one occurrence cannot be expected.", **told(f, say)
    ),
    "scheme_expected_worthless": lambda say, f: say(
        "{code} {name}: neither a time that is done nor one that lacks is worth anything.", **told(f, say)
    ),
    "scheme_promise_upside_down": lambda say, f: say(
        "{code} {name}: a broken promise is worth {broken}, a kept one only {kept}.", **told(f, say)
    ),
    "scheme_range_backwards": lambda say, f: say(
        "{code} {name}: the marks of “{option}” run from {least} to {most}.", **told(f, say)
    ),
    "scheme_ranges_overlap": lambda say, f: say(
        "{code} {name}: “{first}” and “{second}” share some marks.", **told(f, say)
    ),
    "scheme_nobody_records": lambda say, f: say("{code} {name}: nobody may record it.", **told(f, say)),
    "scheme_member_deducts": lambda say, f: say("{code} {name}: only the organisation may record it.", **told(f, say)),
    "scheme_winners_by_member": lambda say, f: say(
        "{code} {name}: {winners} at most get it, but members record it themselves.", **told(f, say)
    ),
    "scheme_cap_above_category": lambda say, f: say(
        "{code} {name}: its cap {cap} ({window}) is above the {most} of the category {category}.", **told(f, say)
    ),
    "scheme_caps_crossed": lambda say, f: say(
        "{name}: the cap {less} ({narrow}) can never be met; that of the longer window is {more} ({wide}).",
        **told(f, say),
    ),
    "scheme_range_above_cap": lambda say, f: say(
        "{code} {name}: up to {most} may be judged, but one occurrence counts {cap} at most.", **told(f, say)
    ),
    "scheme_value_above_cap": lambda say, f: say(
        "{code} {name}: it is worth {points}, but its cap is {cap} ({window}).", **told(f, say)
    ),
    "scheme_pool_boundless": lambda say, f: say("The pool “{pool}” has no cap.", **told(f, say)),
    "scheme_factor_empty": lambda say, f: say("{code} {name}: a factor multiplies by nothing.", **told(f, say)),
    "scheme_factor_half": lambda say, f: say("{code} {name}: a factor looked up needs both by and of.", **told(f, say)),
    "scheme_kind_unclear": lambda say, f: say("“{kind}” does not say which detail has which value.", **told(f, say)),
    "scheme_kind_above_most": lambda say, f: say(
        "{of_kind} of the kind “{kind}” may count, but only {most} in all.", **told(f, say)
    ),
}

HINTS: Sentences = {
    "scheme_code_twice": lambda say, f: say("Give each category, criterion, pass, pool and group a code of its own."),
    "scheme_code_reserved": lambda say, f: say("Take another code, such as {code}1.", **told(f, say)),
    "scheme_name_twice": lambda say, f: say(
        "Rename one of them, or take the alias away: people look criteria up by name. It stands at {other} already.",
        **told(f, say),
    ),
    "scheme_name_empty": lambda say, f: say("Write the name that people look for, or take the empty alias away."),
    "scheme_pool_unknown": lambda say, f: meant(say, f) or say("Write the pool under `pools`, or correct its name."),
    "scheme_group_unknown": lambda say, f: meant(say, f) or say("Write the group under `groups`, or correct its name."),
    "scheme_criterion_unknown": lambda say, f: meant(say, f) or say("Name a criterion by its code."),
    "scheme_class_unknown": lambda say, f: (
        meant(say, f) or say("Add the class to `subjects.classes`, or correct its name.")
    ),
    "scheme_credit_loop": lambda say, f: say("Take one `as` of the circle away, so that credit ends somewhere."),
    "scheme_part_unused": lambda say, f: say("Name it at the criteria it is meant for, or take it away."),
    "scheme_value_unclear": lambda say, f: say(
        "Keep one of: fixed, per with points, options, range, table, attendance, cumulative, count, "
        "expected, map, bands, target, promise, deadline, survey, formula."
    ),
    "scheme_per_without_points": lambda say, f: say("Add points, such as {{per: 小时, points: 0.5}}, or brackets."),
    "scheme_value_key_left": lambda say, f: say("Take {key} away, or write the rule it belongs to.", **told(f, say)),
    "scheme_value_key_beside": lambda say, f: say(
        "Keep {beside} and take {key} away, or the other way round.", **told(f, say)
    ),
    "scheme_value_empty": lambda say, f: say("Write at least one row under {key}.", **told(f, say)),
    "scheme_step_zero": lambda say, f: say("Write a number above 0 for every."),
    "scheme_tiers_equal": lambda say, f: say("Let each tier begin somewhere else, or keep one of the two."),
    "scheme_tiers_unordered": lambda say, f: say("Order the tiers by where they begin, all upward or all downward."),
    "scheme_option_unknown": lambda say, f: meant(say, f) or say("Name one of the options written there."),
    "scheme_table_keys": lambda say, f: say("Write one or two names under keys."),
    "scheme_table_row": lambda say, f: say(
        "With one key a row is a number; with two it is a list of numbers by the second key."
    ),
    "scheme_expected_never": lambda say, f: say("Write how often it is expected, at least 1."),
    "scheme_expected_window": lambda say, f: say("Write per: month, quarter, half, year or cycle."),
    "scheme_expected_worthless": lambda say, f: say("Write each, missing, or both."),
    "scheme_promise_upside_down": lambda say, f: say("Exchange kept and broken."),
    "scheme_range_backwards": lambda say, f: say("Write the lower mark first."),
    "scheme_ranges_overlap": lambda say, f: say(
        "Let each range end below where the next begins, such as 80–100 and 60–79."
    ),
    "scheme_nobody_records": lambda say, f: say("Write by: [member], by: [organisation], or others."),
    "scheme_member_deducts": lambda say, f: say(
        "Take member out of by: nobody deducts from himself or records his own attendance."
    ),
    "scheme_winners_by_member": lambda say, f: say("Let the organisation record it: by: [organisation]."),
    "scheme_cap_above_category": lambda say, f: say(
        "Lower the cap to {most} or less, or raise the category's max.", **told(f, say)
    ),
    "scheme_caps_crossed": lambda say, f: say("Take the cap of {narrow} away, or exchange the two.", **told(f, say)),
    "scheme_range_above_cap": lambda say, f: say(
        "Let the range end at {cap}, or raise the cap of an occurrence.", **told(f, say)
    ),
    "scheme_value_above_cap": lambda say, f: say("Raise the cap, or write what really counts as its value."),
    "scheme_pool_boundless": lambda say, f: say("Write at least one cap, such as caps: {{month: 1}}."),
    "scheme_factor_empty": lambda say, f: say("Write times, or by with a table of."),
    "scheme_factor_half": lambda say, f: say("Write by what is looked up (by) and the factor of each (of)."),
    "scheme_kind_unclear": lambda say, f: say("Write it as detail=value, such as scope=outside."),
    "scheme_kind_above_most": lambda say, f: say("Write at most {most} for the kind, or raise most.", **told(f, say)),
}
