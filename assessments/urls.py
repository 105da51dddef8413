"""Addresses of the assessments app."""

from django.urls import path

from assessments.views import checklists, progress, reminders, results, review, rounds, support

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
    path("rounds/<int:pk>/support/", support.SupportList.as_view(), name="support_list"),
    path("rounds/<int:pk>/support/<int:organisation>/", support.SupportEdit.as_view(), name="support_edit"),
    path("progress/<int:pk>/", review.ProgressDetail.as_view(), name="progress_detail"),
    path("progress/<int:pk>/return/", review.ProgressReturn.as_view(), name="progress_return"),
    path("progress/<int:pk>/<slug:move>/", review.ProgressMove.as_view(), name="progress_move"),
    path(_CHECKLIST, checklists.AssessmentEdit.as_view(), name="assessment_edit"),
    path(
        f"{_CHECKLIST}principles/<int:position>/",
        checklists.AssessmentPrinciple.as_view(),
        name="assessment_principle",
    ),
    path(f"{_CHECKLIST}check/", checklists.AssessmentCheck.as_view(), name="assessment_check"),
    path(f"{_CHECKLIST}done/", checklists.AssessmentDone.as_view(), name="assessment_done"),
    path("assessments/<int:pk>/", results.AssessmentDetail.as_view(), name="assessment_detail"),
    path("assessments/<int:pk>/confirm/", results.AssessmentConfirm.as_view(), name="assessment_confirm"),
    path("assessments/<int:pk>/reopen/", results.AssessmentReopen.as_view(), name="assessment_reopen"),
]
