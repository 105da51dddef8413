"""What tests read off pages."""

import re

from assessments.models import SupportStep


def hidden(response) -> dict[str, str]:
    """The hidden marks a page would send back."""
    text = response.content.decode()
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("version", "seen")}
    return {name: match.group(1) for name, match in found.items() if match}


def section_data(section, text: str = "") -> dict[str, object]:
    """What a person enters in one section of a progress report; every loaded step is under way."""
    found: dict[str, object] = {section.text_field: text or f"{section.code}の文"}
    if "fields" in section.fields:
        found["fields"] = ["disaster", "counter"]
    if "steps" in section.fields:
        found |= {f"step_{code}": "doing" for code in SupportStep.objects.values_list("code", flat=True)}
    return found
