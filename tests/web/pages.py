"""What a refusal looks like."""

import re

SEEN = {"CSRF", "Traceback", "Exception", "Django", "SELECT", "settings", "None"}


def assert_page(response, status: int, sentence: str = "") -> str:
    """A page in Japanese that says what to do, without a word of how it is built."""
    page = response.content.decode()
    assert response.status_code == status
    assert '<html lang="ja"' in page
    assert re.search(r"<h1>[^<]+</h1>", page)
    assert "ください。" in page
    assert sentence in page
    text = re.sub(r"<[^>]+>", " ", page)
    assert not [word for word in SEEN if word in text]
    return page
