"""Surveys (民主测评): the ballots of a round counted into a figure for each subject. All sums are exact.

A ballot is read by the survey's options (`marks`), a voter's ballots of the round are held against the rules of a
ballot (`spoiling`), the rest gives means by question and audience (`means`); `tally` puts it together.
"""

from rules.surveys.tally import NOTES, Outcome, outcomes

__all__ = ["NOTES", "Outcome", "outcomes"]
