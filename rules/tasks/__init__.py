"""Tasks (任务): plans of obligations, when each falls, what may happen to a task, and who is reminded of it when."""
