"""Who uses the portal, which files it keeps, and which work it does in the background."""

from portal.models.audit import AuditEntry, AuditHead
from portal.models.files import StoredFile
from portal.models.history import StatusChange, Submission
from portal.models.imports import ImportRun
from portal.models.jobs import Job
from portal.models.organisations import Membership, Organisation
from portal.models.outbox import NoticeReading, NoticeSetting, OutboxMessage
from portal.models.schedule import DailyRun
from portal.models.users import User

__all__ = [
    "AuditEntry",
    "AuditHead",
    "DailyRun",
    "ImportRun",
    "Job",
    "Membership",
    "NoticeReading",
    "NoticeSetting",
    "Organisation",
    "OutboxMessage",
    "StatusChange",
    "StoredFile",
    "Submission",
    "User",
]
