"""What all tests share."""

from hypothesis import settings

# The machines that run this are busy: an example that is slow once is no failure.
settings.register_profile("project", deadline=None)
# For a night: python -m pytest tests/property/test_system.py --hypothesis-profile=long
settings.register_profile("long", deadline=None, max_examples=3000)
settings.load_profile("project")
