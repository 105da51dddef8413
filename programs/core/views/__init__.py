"""Pages of programs and regions."""
