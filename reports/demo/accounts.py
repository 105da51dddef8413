"""Whom to sign in as."""

from reports.sample.files import read

#: The sample's people are invented and its password is public; production refuses the sample.
PASSWORD = "banso-demo-2025"  # noqa: S105


def accounts() -> list[tuple[str, str, str]]:
    """E-mail address, name and department of one person per role."""
    people = read("people.yaml")["people"]
    return [(p["email"], p["name"], p.get("department", "")) for p in people if p.get("demo")]
