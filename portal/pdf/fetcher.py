"""The only resources a report may load: small `data:` URLs and the project's own print files."""

import mimetypes
from pathlib import Path
from typing import NoReturn

from weasyprint.urls import URLFetcher, URLFetcherResponse

STATIC = Path(__file__).resolve().parents[2] / "static"
ASSETS = STATIC / "pdf"
#: The one file shared with the screens: colours and their names.
TOKENS = STATIC / "css" / "tokens.css"
DATA_URL_LIMIT = 2_000_000


class ReportFetcher(URLFetcher):
    """Fetch `asset:` names inside `static/pdf` and short `data:` URLs; anything else ends the render.

    Used for `HTML()` and for every `CSS()`: a style sheet made alone does not inherit it.
    """

    def __init__(self, assets: Path = ASSETS) -> None:
        super().__init__(
            timeout=5, allowed_protocols={"data", "asset"}, allow_redirects=False, fail_on_errors=True
        )
        self.assets = assets.resolve()
        #: What was refused. WeasyPrint swallows even fatal errors while it draws an SVG.
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("asset:"):
            return self._asset(url)
        if not url.startswith("data:") or len(url) > DATA_URL_LIMIT:
            self._refuse(url)
        return super().fetch(url, headers)

    def _refuse(self, url: str) -> NoReturn:
        self.refused.append(url[:200])
        raise ValueError("blocked")

    def _asset(self, url: str) -> URLFetcherResponse:
        if url == "asset:tokens.css":
            return URLFetcherResponse(url, TOKENS.read_bytes(), {"Content-Type": "text/css"})
        path = (self.assets / url.removeprefix("asset:")).resolve()
        if not path.is_relative_to(self.assets) or not path.is_file():
            self._refuse(url)
        content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": content_type})
