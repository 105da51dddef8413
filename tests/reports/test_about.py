"""Pages about the portal: open to everyone, in both frames."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize("name", ["help", "accessibility", "credits"])
def test_open_to_everyone(world, client, client_of, name):
    signed_in = client_of(world.actors["town_a1"])
    for visitor in (client, signed_in):
        assert visitor.get(reverse(name)).status_code == 200


def test_credits_name_every_bundled_source(client, db):
    page = client.get(reverse("credits")).content.decode()
    for source in ("デジタル庁", "国土地理院", "localgovjp", "総務省"):
        assert source in page
