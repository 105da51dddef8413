"""One of several web processes: posts each line it is given, and says what came of it.

Started by test_processes.py with the test database; lines are JSON: name and password, or name, password
and code. The answer is `in`, `code` (asked for a code), `wrong`, or `limited`.
"""

import json
import sys

import django

django.setup()

from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402


def outcome(response) -> str:
    if response.status_code == 302:
        return "code" if response["Location"] == reverse("mfa_authenticate") else "in"
    return "limited" if "受付を一時止めています" in response.content.decode() else "wrong"


def attempt(name: str, password: str, code: str = "") -> str:
    client = Client()
    found = outcome(client.post(reverse("account_login"), {"login": name, "password": password}))
    if found == "code" and code:
        return outcome(client.post(reverse("mfa_authenticate"), {"code": code}))
    return found


# The first request loads most of the portal; a code would grow old meanwhile.
sys.stdout.write(f"ready {Client().get(reverse('account_login')).status_code}\n")
sys.stdout.flush()
for line in sys.stdin:
    sys.stdout.write(attempt(*json.loads(line)) + "\n")
    sys.stdout.flush()
