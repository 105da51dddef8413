"""Addresses of the assessments app."""

from django.urls import path

from assessments.views import (
    attachments,
    changes,
    checklist_check,
    checklists,
    extensions,
    not_applicable,
    progress,
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
]
