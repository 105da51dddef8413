"""Texts that try to become markup, put into every text field; and what a page then must not hold."""

from __future__ import annotations

from html.parser import HTMLParser

from django.apps import apps
from django.db import models

from assessments.models import AssessmentSubmission, IssueReportSubmission, ProgressSubmission
from portal.audit.guards import permit
from portal.models import AuditCheckpoint, AuditEntry, AuditHead

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//x.jp></sCrIpT>",
    "</script><script>x()",
    "<img src=x onerror=x()>",
    "<svg onload=x()>",
    "<svg/onload=x()//",
    "<body onload=x()>",
    "<iframe src=//x.jp>",
    "<xss onfocus=x() autofocus>",
    '" onclick=x() a="',
    "' onclick=x() a='",
    '"><xss>',
    "'><xss>",
    "</textarea><xss>",
    "</title><xss>",
    "</option></select><xss>",
    "--><xss><!--",
    "<!--<xss>-->",
    "]]><xss>",
    "&lt;xss&gt;",
    "&#60;xss&#62;",
    "javascript:alert(1)",
    "data:text/html,<xss>",
    "<a href=javascript:x()>y",
    "<form action=//x.jp>",
    "<base href=//x.jp/>",
    "<meta http-equiv=refresh>",
    "<style>*{color:red}</style>",
    "{{7*7}}{% debug %}${7*7}",
    "`-x()-`\\u003cxss\\u003e",
]
#: Names of fields that are codes or addresses, not text that somebody wrote.
CODES = {
    "code", "lg_code", "kind", "key", "queue", "sha256", "source_sha256", "token", "action", "fingerprint",
    "from_state", "to_state", "content_type", "password", "slug", "applies_to", "weekday", "half",
    "form", "url", "object_type", "object_id", "token_hash", "key_id", "hash", "signature",
}  # fmt: skip
OURS = ("portal", "municipalities", "programs", "assessments", "reports")


def text_fields(model: type[models.Model]) -> list[models.Field]:
    """The fields of a model that hold what people write."""
    return [
        one
        for one in model._meta.concrete_fields
        if type(one) in (models.CharField, models.TextField)
        and not (one.choices or one.unique or one.name in CODES)
    ]


def chosen(start: int, limit: int | None) -> str:
    """As many payloads as fit, beginning with this one."""
    turned = [PAYLOADS[(start + n) % len(PAYLOADS)] for n in range(len(PAYLOADS))]
    text = turned[0]
    for payload in turned[1:]:
        if limit is not None and len(text) + 1 + len(payload) > limit - 8:
            break
        text = f"{text} {payload}"
    return text[:limit]


def poison(start: int) -> int:
    """Put payloads into every text field of every row, histories too; how many fields there are."""
    with permit():
        return _poison(start)


def _poison(start: int) -> int:
    count = 0
    for model in [one for label in OURS for one in apps.get_app_config(label).get_models()]:
        fields = text_fields(model)
        if not fields or model in (AuditCheckpoint, AuditEntry, AuditHead):
            continue
        for row in model._base_manager.all():
            values = {}
            for one in fields:
                mark = f" {row.pk}"[-7:] if one.name == "name" else ""
                values[one.name] = chosen(start + count, (one.max_length or 4000) - len(mark)) + mark
                count += 1
            model._base_manager.filter(pk=row.pk).update(**values)
    for submission in ProgressSubmission.objects.all():
        submission.content = {
            "organisation": chosen(start, None),
            "round": chosen(start, None),
            "sections": {name: chosen(start, None) for name in submission.content["sections"]},
        }
        submission.save()
    for listed in IssueReportSubmission.objects.all():
        for issue in listed.content["issues"]:
            issue.update({name: chosen(start, None) for name in ("title", "description", "department")})
        listed.save()
    return count + AssessmentSubmission.objects.count()


class Look(HTMLParser):
    """Reads a page as a browser would, and notes what our own templates never write."""

    FORBIDDEN = {"xss", "iframe", "object", "embed", "base", "math", "frame", "applet", "style"}
    LINKS = {"href", "src", "action", "formaction", "xlink:href", "data", "poster", "background", "srcset"}

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.said: list[str] = []
        self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note tags and attributes that are not ours."""
        self._tag = tag
        told = {name: value or "" for name, value in attrs}
        if tag in self.FORBIDDEN or "srcdoc" in told or "style" in told:
            self.found.append(tag)
        if tag == "script" and not told.get("src", "").startswith("/static/"):
            self.found.append("script")
        if tag == "meta" and "http-equiv" in told:
            self.found.append("meta")
        self.found += [f"{tag} {name}" for name in told if name.startswith("on")]
        for name in self.LINKS & told.keys():
            if not told[name].startswith(("/", "#", "?", "tel:", "mailto:")) or told[name].startswith("//"):
                self.found.append(f"{tag} {name}={told[name][:40]}")
        self.said += told.values()

    def handle_data(self, data: str) -> None:
        """Collect what people read."""
        self.said.append(data)


def looked_at(page: str) -> Look:
    """A page, read."""
    look = Look()
    look.feed(page)
    look.close()
    return look
