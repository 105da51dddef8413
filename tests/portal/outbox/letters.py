"""Letters for tests."""

from portal.outbox import Letter
from tests import factories as f


def letter(key: str = "k1", **more) -> Letter:
    """A letter to an office with an address."""
    organisation = more.pop("organisation", None) or f.OrganisationFactory()
    fields = {
        "key": key,
        "kind": "test.kind",
        "organisation": organisation,
        "recipient": "ご担当の方",
        "address": f"{key}@example.jp",
        "subject": f"お知らせ {key}",
        "body": "本文です。\n2行目です。",
        "sender_name": "試験県市町村課",
        **more,
    }
    return Letter(**fields)
