"""All addresses of the portal; each app brings its own."""

from django.urls import include, path

from portal.views import audit, drafts, imports, jobs, memberships, notices, outbox

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.forbidden"
handler404 = "portal.views.errors.not_found"
handler429 = "portal.signin.limits.too_many"
handler500 = "portal.views.errors.server_error"

urlpatterns = [
    path("accounts/", include("portal.signin.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("drafts/", drafts.draft_list, name="draft_list"),
    path("drafts/<int:pk>/discard/", drafts.draft_discard, name="draft_discard"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("memberships/switch/", memberships.switch, name="membership_switch"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/<int:seq>/", audit.audit_detail, name="audit_detail"),
    path("jobs/", jobs.JobList.as_view(), name="job_list"),
    path("jobs/<uuid:pk>/", jobs.JobDetail.as_view(), name="job_detail"),
    path("jobs/<uuid:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<uuid:pk>/retry/", jobs.job_retry, name="job_retry"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/runs/<uuid:pk>/", imports.import_run, name="import_run"),
    path("imports/runs/<uuid:pk>/apply/", imports.import_apply, name="import_apply"),
    path("imports/runs/<uuid:pk>/again/", imports.import_again, name="import_again"),
    path("imports/runs/<uuid:pk>/file/", imports.import_file, name="import_file"),
    path("imports/<slug:kind>/", imports.import_start, name="import_start"),
    path("imports/<slug:kind>/template.<str:code>", imports.import_template, name="import_template"),
    path("people/", include("portal.people.urls")),
    path("", include("portal.people.urls_open")),
    # notices and mails
    path("notices/", notices.NoticeList.as_view(), name="notice_list"),
    path("notices/read/", notices.notice_read_all, name="notice_read_all"),
    path("notices/mail/", notices.MailSetting.as_view(), name="mail_setting"),
    path("notices/<uuid:pk>/", notices.notice_detail, name="notice_detail"),
    path("outbox/", outbox.OutboxList.as_view(), name="outbox_list"),
    path("outbox/retry/", outbox.outbox_retry_all, name="outbox_retry_all"),
    path("outbox/<uuid:pk>/", outbox.outbox_detail, name="outbox_detail"),
    path("outbox/<uuid:pk>/retry/", outbox.outbox_retry, name="outbox_retry"),
    path("", include("municipalities.urls")),
    path("", include("programs.urls")),
    path("", include("assessments.urls")),
    path("", include("reports.urls")),
]
