"""Properties are tried on fifty cases, however long each takes on a busy machine."""

from hypothesis import settings

settings.register_profile("house", deadline=None, max_examples=50)
settings.load_profile("house")
