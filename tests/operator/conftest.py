from tests.emulator import firestore, firestore_emulator

__all__ = ["firestore", "firestore_emulator"]
