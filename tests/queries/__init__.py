"""How many questions each page asks of the database, pinned, and the same with few rows and with many."""
