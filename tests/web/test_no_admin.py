"""Django's admin is not part of the portal: not installed, not served, not a way around the two gates."""

import pytest
from django.conf import settings
from django.test import Client

from tests.permissions.test_matrix import addresses


def test_the_admin_is_not_installed():
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_no_address_leads_to_it():
    assert [pattern for _name, pattern in addresses() if "admin" in pattern] == []


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/django-admin/"])
def test_it_answers_as_any_address_that_is_not_there(scene, path):
    admin = scene.world.actors["admin"].user
    type(admin).objects.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(admin)
    assert client.get(path).status_code == 404
