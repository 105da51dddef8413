"""Who acts: a person together with the one membership that is active in the session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.choices import Duty, Role

if TYPE_CHECKING:
    from portal.models import Membership, Organisation, User


@dataclass(frozen=True)
class Actor:
    """A person acting for one organisation; every right is asked with this, never with a user alone."""

    user: User
    membership: Membership
    #: The organisation demands a second factor and this session has not shown one: nothing is allowed.
    factor_missing: bool = False

    @property
    def organisation(self) -> Organisation:
        """The organisation acted for."""
        return self.membership.organisation

    @property
    def role(self) -> Role:
        """The role held there."""
        return Role(self.membership.role)

    @property
    def duty(self) -> Duty:
        """What they may do within the role."""
        return Duty(self.membership.duty)
