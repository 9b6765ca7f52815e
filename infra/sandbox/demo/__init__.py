"""The main job on realistic data, over real HTTP, shown: ``python -m infra.sandbox.demo``."""
