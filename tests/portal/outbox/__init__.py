"""Messages: written once, sent once, read in the portal."""
