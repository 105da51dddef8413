"""Errors of the domain: each carries a Japanese sentence for the person in front of the screen."""


class PortalError(Exception):
    """Something the user can be told; views show its sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class MoveRefused(PortalError):
    """A change of state that the table of moves or a rule does not allow."""


class EditConflict(PortalError):
    """Somebody saved the same thing first; `current` is the row as it stands now."""

    def __init__(self, sentence: str, current: object) -> None:
        super().__init__(sentence)
        self.current = current
