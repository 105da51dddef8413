"""Addresses of the assessments app."""

from django.urls import path

from assessments.views import (
    attachments,
    changes,
    checklist_check,
    checklists,
    extensions,
    issue_edit,
    issue_order,
    issue_overview,
    issues,
    not_applicable,
    progress,
    reminders,
    results,
    review,
    rounds,
    setup,
    setup_parts,
    support,
)

_SETUP = "rounds/<int:pk>/setup/"
_TARGET = "rounds/<int:pk>/targets/<int:organisation>/"
_CHECKLIST = "rounds/<int:pk>/checklists/<int:framework>/"

urlpatterns = [
    path("rounds/", rounds.RoundList.as_view(), name="round_list"),
    path("rounds/<int:pk>/", rounds.RoundDetail.as_view(), name="round_detail"),
    path("rounds/<int:pk>/remind/", reminders.RoundRemind.as_view(), name="round_remind"),
    path(
        "programs/<slug:slug>/regions/<str:code>/rounds/",
        rounds.RegionRounds.as_view(),
        name="region_rounds",
    ),
    path("rounds/<int:pk>/progress/", progress.ProgressEdit.as_view(), name="progress_edit"),
    path(
        "rounds/<int:pk>/progress/sections/<slug:section>/",
        progress.ProgressSection.as_view(),
        name="progress_section",
    ),
    path("rounds/<int:pk>/progress/check/", progress.ProgressCheck.as_view(), name="progress_check"),
    path("rounds/<int:pk>/progress/done/", progress.ProgressDone.as_view(), name="progress_done"),
    path(
        "rounds/<int:pk>/progress/attachments/", attachments.ProgressAttach.as_view(), name="progress_attach"
    ),
    path("progress/attachments/<uuid:pk>/", attachments.AttachmentFile.as_view(), name="progress_attachment"),
    path(
        "progress/attachments/<uuid:pk>/remove/",
        attachments.AttachmentRemove.as_view(),
        name="progress_attachment_remove",
    ),
    path("rounds/<int:pk>/support/", support.SupportList.as_view(), name="support_list"),
    path("rounds/<int:pk>/support/<int:organisation>/", support.SupportEdit.as_view(), name="support_edit"),
    path("progress/<int:pk>/", review.ProgressDetail.as_view(), name="progress_detail"),
    path("progress/<int:pk>/return/", review.ProgressReturn.as_view(), name="progress_return"),
    path("progress/<int:pk>/changes/", changes.ProgressChanges.as_view(), name="progress_changes"),
    path("progress/<int:pk>/<slug:move>/", review.ProgressMove.as_view(), name="progress_move"),
    path(_CHECKLIST, checklists.AssessmentEdit.as_view(), name="assessment_edit"),
    path(
        f"{_CHECKLIST}principles/<int:position>/",
        checklists.AssessmentPrinciple.as_view(),
        name="assessment_principle",
    ),
    path(f"{_CHECKLIST}check/", checklist_check.AssessmentCheck.as_view(), name="assessment_check"),
    path(f"{_CHECKLIST}done/", checklist_check.AssessmentDone.as_view(), name="assessment_done"),
    path("assessments/<int:pk>/", results.AssessmentDetail.as_view(), name="assessment_detail"),
    path("assessments/<int:pk>/confirm/", results.AssessmentConfirm.as_view(), name="assessment_confirm"),
    path("assessments/<int:pk>/reopen/", results.AssessmentReopen.as_view(), name="assessment_reopen"),
    # rounds: setting them up, extensions, 該当なし
    path("rounds/new/", setup.RoundNew.as_view(), name="round_new"),
    path("rounds/<int:pk>/copy/", setup.RoundCopy.as_view(), name="round_copy"),
    path(_SETUP, setup.RoundSetup.as_view(), name="round_setup"),
    path(f"{_SETUP}edit/", setup.RoundEdit.as_view(), name="round_edit"),
    path(f"{_SETUP}targets/", setup_parts.RoundTargets.as_view(), name="round_targets"),
    path(f"{_SETUP}guides/", setup_parts.RoundGuides.as_view(), name="round_guides"),
    path(f"{_SETUP}guides/<int:guide>/remove/", setup_parts.GuideRemove.as_view(), name="guide_remove"),
    path(f"{_SETUP}confirm/", setup.RoundConfirm.as_view(), name="round_confirm"),
    path(f"{_SETUP}withdraw/", setup.RoundWithdraw.as_view(), name="round_withdraw"),
    path("rounds/<int:pk>/guides/<int:guide>/", setup_parts.GuideFile.as_view(), name="round_guide"),
    path(_TARGET, extensions.TargetDetail.as_view(), name="round_target"),
    path(f"{_TARGET}extend/", extensions.TargetExtend.as_view(), name="target_extend"),
    path(f"{_TARGET}extend/withdraw/", extensions.ExtensionWithdraw.as_view(), name="extension_withdraw"),
    path(
        "rounds/<int:pk>/not-applicable/<slug:form>/",
        not_applicable.FormNotApplicable.as_view(),
        name="not_applicable",
    ),
    path(
        "rounds/<int:pk>/not-applicable/<slug:form>/undo/",
        not_applicable.NotApplicableUndo.as_view(),
        name="not_applicable_undo",
    ),
    # local issues
    path("local-issues/", issue_overview.LocalIssueList.as_view(), name="local_issue_list"),
    path("local-issues/chart/", issue_overview.LocalIssueChart.as_view(), name="local_issue_chart"),
    path("local-issues/own/", issues.OwnIssueList.as_view(), name="own_issue_list"),
    path("local-issues/own/chart/", issues.OwnIssueChart.as_view(), name="own_issue_chart"),
    path("local-issues/own/order/", issue_order.OwnIssueOrder.as_view(), name="own_issue_order"),
    path("local-issues/own/add/", issue_edit.IssueAdd.as_view(), name="issue_add"),
    path("local-issues/<int:pk>/", issues.IssueDetail.as_view(), name="issue_detail"),
    path("local-issues/<int:pk>/edit/", issue_edit.IssueEdit.as_view(), name="issue_edit"),
    path("local-issues/<int:pk>/withdraw/", issue_edit.IssueWithdraw.as_view(), name="issue_withdraw"),
    path("local-issues/<int:pk>/restore/", issue_edit.IssueRestore.as_view(), name="issue_restore"),
    path("local-issues/<int:pk>/state/<slug:move>/", issue_edit.IssueMove.as_view(), name="issue_move"),
    path(
        "programs/<slug:slug>/regions/<str:code>/issues/",
        issue_overview.RegionIssues.as_view(),
        name="region_issues",
    ),
]
