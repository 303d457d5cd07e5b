"""The console: the committee's and secretaries' pages under /console. How a page is added:

1. `console/<subject>.py` holds functions `async def page(visitor: Visitor, request: Request) -> Response`. They read
   by `await visitor.ask(Query(...))`, write by `await visitor.do(Request(...))` (both of `handlers`), draw by
   `visitor.page("subject.html", title=..., **facts)`, refuse by `visitor.refused(answer, back="/console/...")` and
   end a POST by `visitor.to("/console/...")`. A form's fields stand in `visitor.form`; its csrf was checked already.
2. The file ends with `PAGES: tuple[Page, ...] = (Page("GET", "/console/subject", page), ...)`, which `console/app.py`
   gathers.
3. `console/access.py` says who may open it: a line of ROUTES with method, path, action (a row of
   `rules.access.PERMISSIONS`) and the kind of thing `{id:int}` names (a row of `storage.places.PLACES`), "" when it
   names none. The frame answers 303 to whoever is not signed in, 403 without the action, 404 for a thing that is absent
   or out of reach. Lists take `visitor.actor.reach(action)` in their handler and `storage.scopes.inside(reach)` in
   their statement (the unit table joined).
4. A template extends `layout.html`; filters, paging and fields are macros of `parts.html`. No inline style or script.
"""
