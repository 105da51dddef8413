"""What tests read off pages."""

import re


def hidden(response) -> dict[str, str]:
    """The hidden marks a page would send back."""
    text = response.content.decode()
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', text) for name in ("version", "seen")}
    return {name: match.group(1) for name, match in found.items() if match}
