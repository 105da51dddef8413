"""The forms of a round as a file: filled in offline, sent back, compared, taken over (docs/imports.md)."""
