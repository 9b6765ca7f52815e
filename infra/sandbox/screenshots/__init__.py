"""The pictures in docs/pictures, made anew: ``python -m infra.sandbox.screenshots``.

They are of a fresh sandbox, whose customers are always the same; only the times in them differ.
"""
