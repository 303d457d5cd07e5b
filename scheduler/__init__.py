"""When: a table of jobs; the rows decide what is due, never the timer."""
