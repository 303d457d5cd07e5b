"""The phone pages (/m): members' forms and points, apart from the console: own cookie, own doors, no desk's session.

`vouching` is what the composition root gives; `doors` are the four ways in; `session` is who is there; `declare` and
`points` are the pages, each with its `PAGES`; `app` gathers them and says what every answer carries.
"""
