"""Every address × method × person, in one table, and what must hold around it."""
