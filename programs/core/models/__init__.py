"""The year, its regions, who takes part and what was planned."""

from programs.core.models.partners import LiaisonAssignment, Partnership, PromotionBody, SupportPlan
from programs.core.models.programs import Program, Region, RegionTopic
from programs.core.models.vendors import Consortium, ConsortiumMember, Vendor

__all__ = [
    "Consortium",
    "ConsortiumMember",
    "LiaisonAssignment",
    "Partnership",
    "Program",
    "PromotionBody",
    "Region",
    "RegionTopic",
    "SupportPlan",
    "Vendor",
]
