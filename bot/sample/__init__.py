"""Examples: their files, and the year of history made from them."""
