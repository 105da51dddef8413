"""Who works on the last day and what each of them does: real requests, real sessions, texts of their own."""

from __future__ import annotations

import datetime as dt
import html
import http.client
import random
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from bench.service import HOST

#: The mean rest before each request, in seconds. An empty view stands before each piece of work, so that
#: somebody's texts arrive every twenty seconds: as long as it takes to type a sentence or two.
PAUSE = 10.0
TIMEOUT = 60
SECTIONS, KEPT = 3, 2
EMPTY = {"open view": "/bench/open/", "signed-in view": "/bench/empty/"}
CONTROL = re.compile(r'<textarea[^>]* name="([^"]+)"')
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|version|seen)" value="([^"]*)"')


@dataclass
class Person:
    """One office's officer: the session, and what the portal has said it holds."""

    number: int
    user: int
    organisation: int
    cookies: dict[str, str]
    address: str
    #: What was typed, by section: texts in the order sent, each with whether it was acknowledged and how.
    sent: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))


def make_office(people: int, today: str) -> list[Person]:
    """A round on its last day that asks so many towns, an officer each, signed in."""
    from django.contrib.auth.hashers import make_password

    from portal.signin.sessions import now
    from tests import factories as f
    from tests.factories_assessments import make_round

    day = dt.date.fromisoformat(today)
    program = f.ProgramFactory()
    prefecture = f.PrefectureFactory()
    towns = [f.MunicipalityFactory(prefecture=prefecture).organisation for _ in range(people)]
    round_ = make_round(program, *towns, opens_on=day - dt.timedelta(days=30), due_on=day, closes_on=day)
    password = make_password("bench")
    found = []
    for number, town in enumerate(towns):
        user = f.UserFactory.build()
        user.password = password
        user.save()
        f.MembershipFactory(user=user, organisation=town)
        key = _session(user, now())
        found.append(
            Person(number, user.pk, town.pk, _cookie("SESSION", key), f"/rounds/{round_.pk}/progress/")
        )
    return found


def _cookie(name: str, value: str) -> dict[str, str]:
    from django.conf import settings

    return {getattr(settings, f"{name}_COOKIE_NAME"): value}


def _session(user, now: float) -> str:
    """A session as signing in makes it."""
    from allauth.usersessions.models import UserSession
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from portal.signin.sessions import ACTIVE, STARTED

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "portal.signin.backend.SignInBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store[STARTED] = store[ACTIVE] = now
    store.create()
    UserSession.objects.create(
        user=user,
        session_key=store.session_key,
        ip="192.0.2.1",
        user_agent="bench",
        last_seen_at=timezone.now(),
    )
    return str(store.session_key)


class Day:
    """Everybody's work, side by side; each request is timed under the name of what it was."""

    def __init__(self, port: int, people: list[Person]) -> None:
        self.port, self.people = port, people
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.refused: list[str] = []
        self.saves = 0
        self._lock = threading.Lock()
        self._together = threading.Barrier(len(people), timeout=300)

    def run(self) -> None:
        """Everybody in a thread of their own."""
        threads = [threading.Thread(target=self._guarded, args=[one], daemon=True) for one in self.people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=600)

    def _guarded(self, person: Person) -> None:
        try:
            self._work(person)
        except Exception as error:  # noqa: BLE001  told at the end: nothing may end silently
            self._together.abort()
            with self._lock:
                self.refused.append(f"{person.number}: {type(error).__name__} {error}")

    def _work(self, person: Person) -> None:
        self._rest(person)
        page = self._ask(person, "task list", "GET", person.address)
        sections = list(dict.fromkeys(re.findall(r'href="([^"]*/progress/sections/[^"]+/)"', page)))
        for number, where in enumerate(sections[:SECTIONS]):
            self._rest(person)
            fields, control = self._open(person, where)
            for kept in range(KEPT):
                self._rest(person)
                self._keep(person, where, fields | {control: _text(person, where, f"控え{kept + 1}")})
            if number == SECTIONS - 1:
                break
            self._rest(person)
            if number:
                self._at_once(person)
            name = "saves at once" if number else "saving"
            self._save(person, name, where, fields | {control: _text(person, where, "保存")})

    def _rest(self, person: Person) -> None:
        """Nothing for a while, then an empty view: whatever slows the machine now is in both."""
        _sleep()
        name = random.choice(list(EMPTY))
        self._ask(person, name, "GET", EMPTY[name])
        _sleep()

    def _at_once(self, person: Person) -> None:
        """The last minute of the last day: the next request is everybody's; before it, both empty views."""
        for name, where in EMPTY.items():
            self._together.wait()
            self._ask(person, f"{name} at once", "GET", where)
        self._together.wait()

    def _open(self, person: Person, where: str) -> tuple[dict[str, str], str]:
        page = self._ask(person, "section page", "GET", where)
        control = CONTROL.findall(page)[0]  # the text; why a section does not apply comes after it
        return {name: html.unescape(value) for name, value in HIDDEN.findall(page)}, control

    def _keep(self, person: Person, where: str, fields: dict[str, str]) -> None:
        """What the page's script sends two seconds after the last key."""
        person.sent[where].append((_typed(fields), "sent"))
        said = self._ask(person, "keeping a text", "POST", where, fields, {"X-Autosave": "1"})
        if '"saved"' in said:
            person.sent[where][-1] = (_typed(fields), "kept")

    def _save(self, person: Person, name: str, where: str, fields: dict[str, str]) -> None:
        person.sent[where].append((_typed(fields), "sent"))
        if self._ask(person, name, "POST", where, fields | {"act": "draft"}, wanted=302) is not None:
            person.sent[where][-1] = (_typed(fields), "saved")
            with self._lock:
                self.saves += 1

    def _ask(
        self, person: Person, name: str, method: str, where: str,
        fields: dict[str, str] | None = None, more: dict[str, str] | None = None, wanted: int = 200,
    ) -> str:  # fmt: skip
        """One request on a connection of its own, as the proxy makes it; raises unless answered as wanted."""
        headers = {
            "Host": HOST,
            "Cookie": "; ".join(f"{key}={value}" for key, value in person.cookies.items()),
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"192.0.2.{person.number % 250 + 1}",
            "Referer": f"https://{HOST}{where}",
            "User-Agent": "bench",
            **(more or {}),
        }
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            caller.request(method, where, body=body, headers=headers)
            answer = caller.getresponse()
            page = answer.read().decode()
        finally:
            caller.close()
        spent = time.perf_counter() - started
        with self._lock:
            self.seconds[name].append(spent)
        if answer.status != wanted:
            raise AssertionError(f"{method} {where}: {answer.status}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            person.cookies[key] = value
        return page

    def lost(self) -> list[str]:
        """Texts that were acknowledged and that the portal holds neither saved nor kept beside the form."""
        from assessments.models import ProgressReport
        from portal.models import DraftBuffer

        saved: dict[int, set[str]] = defaultdict(set)
        for row in ProgressReport.objects.values():
            saved[row["organisation_id"]].update(str(value) for value in row.values())
        kept: dict[tuple[int, str], set[str]] = defaultdict(set)
        for draft in DraftBuffer.objects.all():
            kept[draft.user_id, draft.url].update(draft.payload.values())
        told = []
        for person in self.people:
            for where, texts in person.sent.items():
                # Sent and not acknowledged may have arrived; what came before it is then replaced.
                wanted = texts[max((n for n, (_t, how) in enumerate(texts) if how != "sent"), default=0) :]
                held = any(
                    text in saved[person.organisation]
                    or (how != "saved" and text in kept[person.user, where])
                    for text, how in wanted
                )
                if wanted[0][1] != "sent" and not held:
                    told.append(f"{wanted[0][0]} ({wanted[0][1]})")
        return told


def _sleep() -> None:
    time.sleep(random.uniform(0.5, 1.5) * PAUSE)


def _text(person: Person, where: str, which: str) -> str:
    """A text of a usual length that stands nowhere else."""
    return (
        f"{which}：{person.number}番の町、{where.rsplit('/', 2)[1]}。"
        + "庁内で話し合い、次の月に進めることを決めました。" * 12
    )


def _typed(fields: dict[str, str]) -> str:
    return next(
        value for name, value in fields.items() if name not in {"csrfmiddlewaretoken", "version", "seen"}
    )
