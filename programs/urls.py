"""Addresses of the programs app."""

from django.urls import path

from programs.calls.views import application_detail
from programs.core.views import liaisons, programs, regions
from programs.staffing.views import posting_list

REGION = "programs/<slug:slug>/regions/<str:code>/"

urlpatterns = [
    path("liaisons/", liaisons.liaison_list, name="liaison_list"),
    path("liaisons/new/", liaisons.liaison_new, name="liaison_new"),
    path("liaisons/<int:pk>/end/", liaisons.liaison_end, name="liaison_end"),
    path("programs/", programs.program_list, name="program_list"),
    path("programs/<slug:slug>/", programs.program_detail, name="program_detail"),
    path(REGION, regions.region_detail, name="region_detail"),
    path(f"{REGION}application/", application_detail, name="application_detail"),
    path(f"{REGION}postings/", posting_list, name="posting_list"),
]
