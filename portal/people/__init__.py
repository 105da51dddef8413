"""People, organisations, memberships, invitations and hand-overs (docs/people.md)."""
