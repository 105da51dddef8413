"""What several settings files read from the environment."""

from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

#: True when a TLS proxy stands in front: only then HSTS, https links and Secure cookies.
TLS = env.bool("PORTAL_TLS", default=True)
#: The name on every page and PDF.
PORTAL_NAME = env.str("PORTAL_NAME", default="市町村DX伴走支援ポータル")
