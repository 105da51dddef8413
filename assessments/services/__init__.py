"""Use cases of rounds, progress reports and checklists."""
