"""Addresses of the municipalities app."""

from django.urls import path

from municipalities import views

urlpatterns = [
    path("municipalities/", views.municipality_list, name="municipality_list"),
    path("municipalities/<str:code>/", views.municipality_detail, name="municipality_detail"),
    path("prefectures/", views.prefecture_list, name="prefecture_list"),
    path("prefectures/<str:code>/", views.prefecture_detail, name="prefecture_detail"),
]
