"""Production: base plus environment, and nothing careless."""

from portal.settings.base import *  # noqa: F403
from portal.settings.base import refuse_careless_production

refuse_careless_production()
