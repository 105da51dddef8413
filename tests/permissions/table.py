"""The permission matrix: which answer each persona gets for each address and method.

One row per address and method, over the objects of prefecture A. Cells:
`in` redirected to sign-in, `ok` the page or file, `go` redirected onward after
the act, else the status (403 own but not allowed, 404 somebody else's or none
of one's own, 405 not this method). A last cell stands for all personas to its
right. `name/variant` is the same address with another object behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.choices import ReportKind
from tests.permissions import (
    rows_audit,
    rows_draft,
    rows_guard,
    rows_issue_reports,
    rows_local,
    rows_outbox,
    rows_people,
    rows_rounds,
    rows_sheets,
    rows_signin,
    rows_talk,
)
from tests.permissions.scene import Scene

# fmt: off
PERSONAS = [
    "anonymous", "disabled", "nobody",
    "town_a1", "town_a2", "prefecture_a", "vendor_a",
    "town_b", "prefecture_b", "vendor_b",
    "secretariat", "ministry", "expert", "admin",
]

#: Whose duty allows less than that of the colleague named: same answers, but for the rows of DUTIES.
COLLEAGUES = {"approver_a1": "town_a1", "reader_a": "prefecture_a"}

#: What the one who signs off for town A1, and the one who only reads for prefecture A, get instead.
DUTIES = """
#                                 approver  reader
membership_switch           POST  404       404
progress_edit               GET   403       403
progress_edit               POST  403       403
progress_section            GET   403       403
progress_section            POST  403       403
progress_section/unknown    GET   403       403
progress_carry              GET   403       403
progress_carry              POST  403       403
progress_check              GET   403       403
progress_check              POST  403       403
progress_done               GET   403       403
progress_done               POST  403       403
progress_return             GET   403       403
progress_return             POST  403       403
progress_move/accept        GET   403       403
progress_move/accept        POST  403       403
progress_move/sign-off      GET   ok        403
progress_move/sign-off      POST  go        403
progress_move/withdraw      GET   403       403
progress_move/withdraw      POST  403       403
support_list                GET   403       403
support_edit                GET   403       403
support_edit                POST  403       403
assessment_edit             GET   403       403
assessment_edit             POST  403       403
assessment_principle        GET   403       403
assessment_principle        POST  403       403
assessment_check            GET   403       403
assessment_check            POST  403       403
assessment_done             GET   403       403
assessment_done             POST  403       403
assessment_confirm          GET   403       403
assessment_confirm          POST  403       403
assessment_reopen           GET   403       403
assessment_reopen           POST  403       403
report_render               POST  403       403
"""

TABLE = """
#                                 out    none  A: t1  t2  pf  ve   B: t  pf  ve   sec min exp adm
home                        GET   in in  403   ok
home                        POST  in in  403   405
task_list                   GET   in in  403   ok
task_list                   POST  in in  403   405

help                        GET   ok
help                        POST  405
accessibility               GET   ok
accessibility               POST  405
credits                     GET   ok
credits                     POST  405

membership_switch           GET   in in  403   405
membership_switch           POST  in in  403   go  404

job_list                    GET   in in  403   ok
job_list                    POST  in in  403   405
job_detail                  GET   in in  403   404 404 ok  404   404 404 404   404
job_detail                  POST  in in  403   405
job_cancel                  GET   in in  403   405
job_cancel                  POST  in in  403   404 404 go  404   404 404 404   404
job_retry                   GET   in in  403   405
job_retry                   POST  in in  403   404 404 go  404   404 404 404   404

import_list                 GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 ok
import_list                 POST  in in  403   405
import_start                GET   in in  403   403 403 403 403   403 403 403   403 403 403 ok
import_start                POST  in in  403   403 403 403 403   403 403 403   403 403 403 go
import_start/unknown        GET   in in  403   404
import_template             GET   in in  403   403 403 403 403   403 403 403   403 403 403 ok
import_template             POST  in in  403   405
import_run                  GET   in in  403   404 404 404 404   404 404 404   404 404 404 ok
import_run                  POST  in in  403   405
import_apply                GET   in in  403   405
import_apply                POST  in in  403   404 404 404 404   404 404 404   404 404 404 go
import_again                GET   in in  403   405
import_again                POST  in in  403   404 404 404 404   404 404 404   404 404 404 go
import_file                 GET   in in  403   404 404 404 404   404 404 404   404 404 404 ok
import_file                 POST  in in  403   405

municipality_list           GET   in in  403   ok
municipality_list           POST  in in  403   405
municipality_detail         GET   in in  403   ok  ok  ok  ok    404 ok  ok    ok
municipality_detail         POST  in in  403   405
prefecture_list             GET   in in  403   ok
prefecture_list             POST  in in  403   405
prefecture_detail           GET   in in  403   ok  ok  ok  ok    404 ok  ok    ok
prefecture_detail           POST  in in  403   405

program_list                GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  ok  403
program_list                POST  in in  403   405
program_detail              GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  ok  404
program_detail              POST  in in  403   405
region_detail               GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
region_detail               POST  in in  403   405
application_detail          GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
application_detail          POST  in in  403   405
posting_list                GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
posting_list                POST  in in  403   405

round_list                  GET   in in  403   ok  ok  ok  ok    ok  ok  ok    ok  ok  403 403
round_list                  POST  in in  403   405
round_detail                GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
round_detail                POST  in in  403   405
region_rounds               GET   in in  403   ok  ok  ok  ok    404 404 404   ok  ok  404 404
region_rounds               POST  in in  403   405

progress_edit               GET   in in  403   go  ok  ok  404   404 404 404   404
progress_edit               POST  in in  403   405 405 405 404   404 404 404   404
progress_section            GET   in in  403   go  ok  ok  404   404 404 404   404
progress_section            POST  in in  403   ok  go  go  404   404 404 404   404
progress_section/unknown    GET   in in  403   404
progress_carry              GET   in in  403   go  go  go  404   404 404 404   404
progress_carry              POST  in in  403   go  go  go  404   404 404 404   404
progress_check              GET   in in  403   go  ok  ok  404   404 404 404   404
progress_check              POST  in in  403   go  ok  ok  404   404 404 404   404
progress_done               GET   in in  403   ok  go  go  404   404 404 404   404
progress_done               POST  in in  403   405 405 405 404   404 404 404   404
progress_detail             GET   in in  403   ok  404 ok  ok    404 404 404   ok  ok  404 404
progress_detail             POST  in in  403   405
progress_detail/draft       GET   in in  403   404 ok  404 404   404 404 404   404
progress_changes            GET   in in  403   ok  404 ok  ok    404 404 404   ok  ok  404 404
progress_changes            POST  in in  403   405
progress_return             GET   in in  403   403 404 ok  403   404 404 404   ok  403 404 404
progress_return             POST  in in  403   403 404 go  403   404 404 404   go  403 404 404
progress_return/draft       POST  in in  403   404 403 404 404   404 404 404   404
progress_move/accept        GET   in in  403   403 404 ok  403   404 404 404   ok  403 404 404
progress_move/accept        POST  in in  403   403 404 go  403   404 404 404   go  403 404 404
progress_move/withdraw      GET   in in  403   ok  404 403 403   404 404 404   403 403 404 404
progress_move/withdraw      POST  in in  403   go  404 403 403   404 404 404   403 403 404 404
progress_move/sign-off      GET   in in  403   403 404 403 403   404 404 404   403 403 404 404
progress_move/sign-off      POST  in in  403   403 404 403 403   404 404 404   403 403 404 404
progress_move/recall        GET   in in  403   ok  404 403 403   404 404 404   403 403 404 404
progress_move/unknown       GET   in in  403   404

support_list                GET   in in  403   403 403 ok  403   404 404 404   403 403 404 404
support_list                POST  in in  403   405
support_edit                GET   in in  403   403 404 ok  403   404 404 404   403 403 404 404
support_edit                POST  in in  403   403 404 go  403   404 404 404   403 403 404 404

assessment_edit             GET   in in  403   go  ok  ok  404   404 404 404   404
assessment_edit             POST  in in  403   405 405 405 404   404 404 404   404
assessment_principle        GET   in in  403   go  ok  ok  404   404 404 404   404
assessment_principle        POST  in in  403   ok  go  go  404   404 404 404   404
assessment_check            GET   in in  403   go  ok  ok  404   404 404 404   404
assessment_check            POST  in in  403   go  go  ok  404   404 404 404   404
assessment_done             GET   in in  403   ok  go  go  404   404 404 404   404
assessment_done             POST  in in  403   405 405 405 404   404 404 404   404
assessment_detail           GET   in in  403   ok  404 ok  404   404 404 404   ok  403 404 404
assessment_detail           POST  in in  403   405
assessment_detail/draft     GET   in in  403   404 ok  404 404   404 404 404   404
assessment_confirm          GET   in in  403   403 404 ok  404   404 404 404   ok  403 404 404
assessment_confirm          POST  in in  403   403 404 go  404   404 404 404   go  403 404 404
assessment_reopen           GET   in in  403   403 404 ok  404   404 404 404   ok  403 404 404
assessment_reopen           POST  in in  403   403 404 go  404   404 404 404   go  403 404 404

report_list                 GET   in in  403   403 403 ok  403   403 ok  403   ok  403 403 403
report_list                 POST  in in  403   405
region_reports              GET   in in  403   403 403 ok  403   404 404 404   ok  403 404 404
region_reports              POST  in in  403   405
report_detail               GET   in in  403   403 403 ok  403   404 404 404   ok  403 404 404
report_detail               POST  in in  403   405
report_render               GET   in in  403   405
report_render               POST  in in  403   403 403 go  403   404 404 404   go  403 404 404
version_pdf                 GET   in in  403   403 403 ok  403   404 404 404   ok  403 404 404
version_pdf                 POST  in in  403   405
"""


#: Pages of allauth; who is signed in, and as what, makes no difference.
ACCOUNTS = """
#                                        out    signed in
account_login                       GET  ok ok  go
account_login                       POST ok ok  go
account_logout                      GET  go go  ok
account_logout                      POST go go  go
account_inactive                    GET  ok
account_inactive                    POST 405
account_signup                      GET  ok ok  go
account_signup                      POST ok ok  go
account_reauthenticate              GET  in in  ok
account_reauthenticate              POST in in  ok
account_email                       GET  in in  ok
account_email                       POST in in  go
account_email_verification_sent     GET  ok
account_email_verification_sent     POST 405
account_change_password             GET  in in  ok
account_change_password             POST in in  ok
account_set_password                GET  in in  go
account_set_password                POST in in  go
account_reset_password              GET  ok
account_reset_password              POST ok
account_reset_password_done         GET  ok
account_reset_password_done         POST 405
account_reset_password_from_key     GET  ok
account_reset_password_from_key     POST ok
account_reset_password_from_key_done GET  ok
account_reset_password_from_key_done POST 405
account_confirm_login_code          GET  go
account_confirm_login_code          POST go
account_confirm_email               GET  ok
account_confirm_email               POST 404
"""
# fmt: on

#: Tables of their own, one per part of the portal: `ROWS` and, where needed, `ARGUMENTS`, `POSTED`, `DUTIES`.
PARTS = [rows_audit, rows_draft, rows_guard, rows_issue_reports, rows_local, rows_outbox, rows_people]
PARTS += [rows_rounds, rows_sheets, rows_talk]

Make = Callable[[Scene], Any]


def _region(*more: Any) -> Make:
    return lambda scene: [scene.world.program.slug, scene.a.prefecture.code, *more]


def _round(*more: Any) -> Make:
    return lambda scene: [scene.a.round.pk, *more]


def _checklist(*more: Any) -> Make:
    return lambda scene: [scene.a.round.pk, scene.framework.pk, *more]


def _report(*more: Any) -> Make:
    return _region(ReportKind.MIDTERM, *more)


#: The arguments of an address, by name or by name and variant.
ARGUMENTS: dict[str, Make] = {
    "account_confirm_email": lambda _: ["MQ:1abcde:nosuchkey"],
    "account_reset_password_from_key": lambda scene: [
        user_pk_to_url_str(scene.world.actors["town_a1"].user),
        "nosuch-key",
    ],
    "job_detail": lambda scene: [scene.a.waiting_job.pk],
    "job_cancel": lambda scene: [scene.a.waiting_job.pk],
    "job_retry": lambda scene: [scene.a.failed_job.pk],
    "import_start": lambda _: ["municipalities"],
    "import_start/unknown": lambda _: ["nothing"],
    "import_template": lambda _: ["municipalities", "xlsx"],
    "import_run": lambda scene: [scene.imported.pk],
    "import_apply": lambda scene: [scene.imported.pk],
    "import_again": lambda scene: [scene.imported.pk],
    "import_file": lambda scene: [scene.imported.pk],
    "municipality_detail": lambda scene: [scene.a.towns[0].code],
    "prefecture_detail": lambda scene: [scene.a.prefecture.code],
    "program_detail": lambda scene: [scene.world.program.slug],
    "region_detail": _region(),
    "application_detail": _region(),
    "posting_list": _region(),
    "region_rounds": _region(),
    "region_reports": _region(),
    "report_detail": _report(),
    "report_render": _report(),
    "version_pdf": _report(1),
    "round_detail": _round(),
    "progress_edit": _round(),
    "progress_section": _round("issues"),
    "progress_section/unknown": _round("state"),
    "progress_carry": _round(),
    "progress_check": _round(),
    "progress_done": _round(),
    "support_list": _round(),
    "support_edit": lambda scene: [scene.a.round.pk, scene.a.towns[0].organisation.pk],
    "progress_detail": lambda scene: [scene.a.submitted.pk],
    "progress_detail/draft": lambda scene: [scene.a.draft.pk],
    "progress_changes": lambda scene: [scene.a.submitted.pk],
    "progress_return": lambda scene: [scene.a.submitted.pk],
    "progress_return/draft": lambda scene: [scene.a.draft.pk],
    "progress_move/accept": lambda scene: [scene.a.submitted.pk, "accept"],
    "progress_move/withdraw": lambda scene: [scene.a.submitted.pk, "withdraw"],
    "progress_move/sign-off": lambda scene: [scene.a.submitted.pk, "sign-off"],
    "progress_move/recall": lambda scene: [scene.a.submitted.pk, "recall"],
    "progress_move/unknown": lambda scene: [scene.a.submitted.pk, "delete"],
    "assessment_edit": _checklist(),
    "assessment_principle": _checklist(1),
    "assessment_check": _checklist(),
    "assessment_done": _checklist(),
    "assessment_detail": lambda scene: [scene.a.assessment.pk],
    "assessment_detail/draft": lambda scene: [scene.a.draft_assessment.pk],
    "assessment_confirm": lambda scene: [scene.a.assessment.pk],
    "assessment_reopen": lambda scene: [scene.a.assessment.pk],
}


_REASON = {"reason": "日付を直してください。"}
#: What is posted: what the page's own form would send, filled in well.
POSTED: dict[str, Make] = {
    "membership_switch": lambda scene: {"membership": scene.world.actors["town_a1"].membership.pk},
    "import_start": lambda _: {"file": SimpleUploadedFile("市区町村.csv", "団体コード,名称".encode())},
    "import_apply": lambda scene: {"seen": scene.imported.fingerprint},
    "progress_section": lambda _: {"issues": "新しい課題", "version": 1, "seen": "", "act": "next"},
    "progress_return": lambda _: {**_REASON, "sections": ["overview"]},
    "progress_return/draft": lambda _: {**_REASON, "sections": ["overview"]},
    "support_edit": lambda _: {"text": "新しい支援", "version": 1, "seen": ""},
    "assessment_principle": lambda scene: {
        f"answer_{scene.question.pk}": "2",
        f"evidence_{scene.question.pk}": "",
        "version": 1,
        "seen": "",
        "act": "next",
    },
    "assessment_reopen": lambda _: _REASON,
}


ACCOUNTS += rows_signin.ROWS
DUTIES += rows_signin.DUTIES
ARGUMENTS |= rows_signin.ARGUMENTS
POSTED |= rows_signin.POSTED
for _part in PARTS:
    TABLE += _part.ROWS
    DUTIES += getattr(_part, "DUTIES", "")
    ARGUMENTS |= getattr(_part, "ARGUMENTS", {})
    POSTED |= getattr(_part, "POSTED", {})


def rows() -> list[tuple[str, str, dict[str, str]]]:
    """Each row of both tables: key, method, and the expected cell of every persona."""
    found = []
    for line in (TABLE + ACCOUNTS).splitlines():
        if not line or line.startswith("#"):
            continue
        key, method, *cells = line.split()
        cells += [cells[-1]] * (len(PERSONAS) - len(cells))
        found.append((key, method, _with_colleagues(key, method, dict(zip(PERSONAS, cells, strict=True)))))
    return found


def _with_colleagues(key: str, method: str, cells: dict[str, str]) -> dict[str, str]:
    less = {tuple(line.split()[:2]): line.split()[2:] for line in DUTIES.splitlines() if line[:1].isalpha()}
    told = less.get((key, method), [cells[colleague] for colleague in COLLEAGUES.values()])
    return cells | dict(zip(COLLEAGUES, told, strict=True))


def name_of(key: str) -> str:
    """The URL name of a row's key."""
    return key.split("/")[0]


def address(key: str, scene: Scene) -> str:
    """The address of a row over the objects of prefecture A."""
    arguments = ARGUMENTS.get(key, ARGUMENTS.get(name_of(key), lambda _: []))
    return reverse(name_of(key), args=arguments(scene))


def posted(key: str, scene: Scene) -> dict[str, Any]:
    """The body of a POST to a row's address."""
    return POSTED.get(key, POSTED.get(name_of(key), lambda _: {}))(scene)
