"""The outbox (送信箱): `post` writes in the caller's transaction, a runner sends; see docs/outbox.md."""

from portal.outbox.kinds import Courier, NotWanted, register_kind
from portal.outbox.posting import Letter, call_back, post, post_all

__all__ = ["Courier", "Letter", "NotWanted", "call_back", "post", "post_all", "register_kind"]
