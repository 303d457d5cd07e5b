"""Tasks (任务): issued, reported, verified; who carries one and who decides about it."""
