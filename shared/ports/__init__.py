"""Ports: the protocols through which use cases reach the world, each with the errors that it may raise."""

from shared.ports.clock import SKEW, Clock
from shared.ports.consent import CONTACTS, Consent, Consented
from shared.ports.contacts import (
    CREATES_AT_ONCE,
    LABELLINGS_AT_ONCE,
    LOOKS_AT_ONCE,
    REMOVALS_AT_ONCE,
    UPDATES_AT_ONCE,
    ContactBook,
    Contacts,
    Gate,
    Refused,
    Result,
    Stale,
    SyncTokenExpired,
    Unknown,
    Written,
)
from shared.ports.mail import Attachment, Mail, Mailer
from shared.ports.platform import JobState, Platform, QueueState
from shared.ports.secrets import SecretStore
from shared.ports.source import CustomerSource, Listing
from shared.ports.state import MOST_WRITES, Document, Drop, LeaseStore, Put, StateStore
from shared.ports.tasks import Task, TaskQueue

__all__ = [
    "CONTACTS",
    "CREATES_AT_ONCE",
    "LABELLINGS_AT_ONCE",
    "LOOKS_AT_ONCE",
    "MOST_WRITES",
    "REMOVALS_AT_ONCE",
    "SKEW",
    "UPDATES_AT_ONCE",
    "Attachment",
    "Clock",
    "Consent",
    "Consented",
    "ContactBook",
    "Contacts",
    "CustomerSource",
    "Document",
    "Drop",
    "Gate",
    "JobState",
    "LeaseStore",
    "Listing",
    "Mail",
    "Mailer",
    "Platform",
    "Put",
    "QueueState",
    "Refused",
    "Result",
    "SecretStore",
    "Stale",
    "StateStore",
    "SyncTokenExpired",
    "Task",
    "TaskQueue",
    "Unknown",
    "Written",
]
