"""Releases: what was put into service when, by which settings; the next one, and the way back.

Cloud Build runs these modules with no package but Python's own (cloudbuild.yaml), and so do people by hand.
"""
