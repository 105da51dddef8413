"""Who uses the portal, which files it keeps, and which work it does in the background."""

from portal.models.audit import AuditCheckpoint, AuditEntry, AuditHead
from portal.models.drafts import DraftBuffer
from portal.models.files import StoredFile
from portal.models.history import StatusChange, Submission
from portal.models.imports import ImportRun
from portal.models.jobs import Job
from portal.models.organisations import Membership, Organisation
from portal.models.outbox import NoticeReading, NoticeSetting, OutboxMessage
from portal.models.people import Handover, Invitation, Vacancy
from portal.models.schedule import DailyRun
from portal.models.signin import FactorReset
from portal.models.users import User

__all__ = [
    "AuditCheckpoint",
    "AuditEntry",
    "AuditHead",
    "DailyRun",
    "DraftBuffer",
    "FactorReset",
    "Handover",
    "ImportRun",
    "Invitation",
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
    "Vacancy",
]
