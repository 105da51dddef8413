"""What every answer must hold, whoever asks and whatever is asked (TESTS: WEB, TEN)."""
