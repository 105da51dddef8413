"""Pages of rounds, progress reports and checklists."""
