"""Words: turns answers, problems and notices into screens, from one catalogue."""
