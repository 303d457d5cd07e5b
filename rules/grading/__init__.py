"""From totals to grades: the pipeline of a scheme, step by step over all subjects, each step told with its figures."""

from rules.grading.pipeline import graded
from rules.grading.results import Graded, Standing, Step

__all__ = ["Graded", "Standing", "Step", "graded"]
