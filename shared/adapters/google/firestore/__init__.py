"""Firestore: state and leases in Google's database."""
