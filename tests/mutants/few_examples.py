"""How many examples Hypothesis tries of each test while there are hundreds of mutants to be found."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutants",
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("mutants")
