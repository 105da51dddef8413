"""Who takes part in a region and what was planned (実施体制)."""

from typing import Any

from programs.models import LiaisonAssignment, Region


def region_data(region: Region) -> dict[str, Any]:
    """The region itself and its program year."""
    program = region.program
    return {
        "prefecture": region.prefecture.name,
        "program": program.name,
        "fiscal_year": program.fiscal_year,
        "title": region.title,
        "summary": region.summary,
        "is_sample": program.is_sample,
        "support_from": program.support_from.isoformat(),
        "support_to": program.support_to.isoformat(),
        "disclosure_minimum": program.disclosure_minimum,
        "topics": [
            {
                "number": topic.number,
                "challenge_title": topic.challenge_title,
                "challenge": topic.challenge,
                "activity_title": topic.activity_title,
                "activity": topic.activity,
                "vision_title": topic.vision_title,
                "vision": topic.vision,
            }
            for topic in region.topics.all()
        ],
    }


def setup_data(region: Region) -> dict[str, Any]:
    """Promotion bodies, vendors with their lead, partners with their plans, number of liaisons."""
    consortium = getattr(region, "consortium", None)
    members = consortium.members.select_related("vendor__organisation") if consortium else []
    partners = [_partner(partnership) for partnership in _partnerships(region)]
    return {
        "promotion_bodies": [{"name": b.name, "note": b.note} for b in region.promotion_bodies.all()],
        "vendors": [{"name": m.vendor.organisation.name, "is_lead": m.is_lead} for m in members],
        "contract_from": consortium.contract_from.isoformat() if consortium else None,
        "contract_to": consortium.contract_to.isoformat() if consortium else None,
        "partners": partners,
        "liaisons": LiaisonAssignment.objects.filter(
            organisation__parent=region.prefecture.organisation_id
        ).count(),
    }


def _partnerships(region: Region) -> Any:
    return region.partnerships.select_related("organisation", "plan__vendor__organisation")


def _partner(partnership: Any) -> dict[str, Any]:
    plan = getattr(partnership, "plan", None)
    return {
        "name": partnership.organisation.name,
        "kind": partnership.organisation.kind,
        "field": plan.field if plan else "",
        "issues": plan.issues if plan else "",
        "support": plan.support if plan else "",
        "onsite_days": _number(plan.onsite_days) if plan else None,
        "online_days": _number(plan.online_days) if plan else None,
        "vendor": plan.vendor.organisation.name if plan and plan.vendor else "",
    }


def _number(value: Any) -> float | int | None:
    """A decimal as the plain number it is (2.0 days are 2)."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
