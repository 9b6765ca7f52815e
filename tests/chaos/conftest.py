from tests.emulator import firestore_emulator

__all__ = ["firestore_emulator"]
