"""Tasks: the plans they come from, the tasks with their history and scores, and what units are called on to mend."""
