"""Signing in: what must hold (AUT-01, AUT-03 to AUT-11)."""
