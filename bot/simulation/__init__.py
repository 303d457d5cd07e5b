"""The house run ahead on an invented city in virtual time: what years of tasks, digests and months would bring."""
