"""All models of a program year; each group of the app keeps its own file."""

from programs.calls.models import Application, ApplicationDuty, ApplicationItem, ResidentRequest
from programs.core.models import (
    Consortium,
    ConsortiumMember,
    LiaisonAssignment,
    Partnership,
    Program,
    PromotionBody,
    Region,
    RegionTopic,
    SupportPlan,
    Vendor,
)
from programs.staffing.models import Posting, PostingSlot, Resident

__all__ = [
    "Application",
    "ApplicationDuty",
    "ApplicationItem",
    "Consortium",
    "ConsortiumMember",
    "LiaisonAssignment",
    "Partnership",
    "Posting",
    "PostingSlot",
    "Program",
    "PromotionBody",
    "Region",
    "RegionTopic",
    "Resident",
    "ResidentRequest",
    "SupportPlan",
    "Vendor",
]
