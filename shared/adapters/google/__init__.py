"""Google: the People API, sign-in and consent, Firestore, Secret Manager and Cloud Tasks."""
