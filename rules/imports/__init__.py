"""Tables of units and members as people keep them: cells read, rows judged, compared with what is stored."""
