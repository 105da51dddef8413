"""Signing in: second factor, sessions and their limits, passwords, reset of a lost factor."""
