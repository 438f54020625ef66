"""Property tests have no deadline: a slow machine is not a mistake."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
