"""What all tests share."""

from hypothesis import settings

# The machines that run this are busy: an example that is slow once is no failure.
settings.register_profile("project", deadline=None)
settings.load_profile("project")
