"""The only package that speaks SQL: tables, statements and migrations."""
