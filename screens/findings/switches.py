"""What a national rule advises against, in words; and what to do."""

from __future__ import annotations

from screens.findings.facts import told
from screens.texts import Sentences

WORDS: Sentences = {
    "scheme_ranking_unfounded": lambda say, f: say("A ranking is switched on without: {missing}.", **told(f, say)),
    "scheme_ranking_on": lambda say, f: say(
        "A ranking is switched on. A national rule asks not to force points rankings."
    ),
    "scheme_rank_computed": lambda say, f: say(
        "The rank “{name}” is worked out but not shown: ranking is off.", **told(f, say)
    ),
    "scheme_streaks_on": lambda say, f: say(
        "Streaks are switched on. A national rule asks to do without check-in pressure."
    ),
    "scheme_online_time_on": lambda say, f: say("Online time is switched on. A national rule asks not to count it."),
    "scheme_points_public": lambda say, f: say("Members' points are open to the public."),
    "scheme_decides_itself": lambda say, f: say(
        "The score decides by itself. A national rule asks not to assess by an app's figures alone."
    ),
    "scheme_forced_use": lambda say, f: say(
        "{code} {name} speaks of “{word}”. A national rule asks not to force check-ins, online time or screenshots.",
        **told(f, say),
    ),
    "scheme_evidence_known": lambda say, f: say(
        "{code} {name}: evidence is required for what the system records itself.", **told(f, say)
    ),
    "scheme_evidence_many": lambda say, f: say(
        "{proved} of {declared} criteria that members declare need evidence.", **told(f, say)
    ),
}

HINTS: Sentences = {
    "scheme_ranking_unfounded": lambda say, f: say(
        "Write on what basis and which body decided it, or leave the ranking off."
    ),
    "scheme_ranking_on": lambda say, f: say("Leave it off for members; for organisations keep the decision at hand."),
    "scheme_rank_computed": lambda say, f: say("If no formula needs it, take it away."),
    "scheme_streaks_on": lambda say, f: say("Leave streaks off."),
    "scheme_online_time_on": lambda say, f: say("Leave online_time off."),
    "scheme_points_public": lambda say, f: say("Let members and their branch see them: points: [self, branch]."),
    "scheme_decides_itself": lambda say, f: say("Leave advisory on: a committee decides, with a reason."),
    "scheme_forced_use": lambda say, f: say("Let the meeting's attendance or the finished task count instead."),
    "scheme_evidence_known": lambda say, f: say("Write evidence: none."),
    "scheme_evidence_many": lambda say, f: say("Ask for evidence only where points are high or easily doubted."),
}
