"""The outbox (送信箱): `post` writes in the caller's transaction, a runner sends; see docs/outbox.md."""

from portal.outbox.kinds import register_kind
from portal.outbox.posting import Letter, post, post_all

__all__ = ["Letter", "post", "post_all", "register_kind"]
