"""The pages of reports: who sees them, what they offer, how the PDF comes down."""

import pytest
from django.urls import reverse

from portal.jobs import run_job
from portal.models import Job


def address(told, name, *more, region="region_a"):
    chosen = getattr(told.world, region)
    return reverse(name, args=[told.world.program.slug, chosen.prefecture.code, *more])


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("prefecture_a", 200),
        ("secretariat", 200),
        ("town_a1", 403),
        ("vendor_a", 403),
        ("ministry", 403),
        ("prefecture_b", 404),
        ("town_b", 404),
        ("vendor_b", 404),
        ("expert", 404),
        ("admin", 404),
    ],
)
def test_who_sees_the_reports_of_a_region(told, client_of, who, status):
    client = client_of(told.world.actors[who])
    assert client.get(address(told, "region_reports")).status_code == status
    assert client.get(address(told, "report_detail", "midterm")).status_code == status
    assert client.post(address(told, "report_render", "midterm")).status_code in (status, 302)
    assert Job.objects.exists() == (status == 200)


def test_button_leads_to_the_job_and_the_job_to_the_report(told_committed, client_of):
    client = client_of(told_committed.world.actors["prefecture_a"])
    page = client.get(address(told_committed, "report_detail", "midterm"))
    assert "PDFを作成する" in page.content.decode()
    answer = client.post(address(told_committed, "report_render", "midterm"))
    job = Job.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk])
    run_job(job.pk)
    done = client.get(answer.url).content.decode()
    assert address(told_committed, "report_detail", "midterm") in done


def test_download_is_an_attachment_with_its_name(told_committed, client_of):
    client = client_of(told_committed.world.actors["prefecture_a"])
    client.post(address(told_committed, "report_render", "midterm"))
    run_job(Job.objects.get().pk)
    answer = client.get(address(told_committed, "version_pdf", "midterm", 1))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store, private"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    for who, status in (("prefecture_b", 404), ("town_b", 404), ("town_a1", 403), ("vendor_a", 403)):
        stranger = client_of(told_committed.world.actors[who])
        assert stranger.get(address(told_committed, "version_pdf", "midterm", 1)).status_code == status


def test_an_unknown_kind_does_not_exist(told, client_of):
    client = client_of(told.world.actors["prefecture_a"])
    url = address(told, "report_detail", "midterm").replace("midterm", "weekly")
    assert client.get(url).status_code == 404


def test_report_list_groups_by_program(told, client_of):
    page = client_of(told.world.actors["secretariat"]).get(reverse("report_list")).content.decode()
    assert told.world.prefecture_a.name in page
    assert told.world.prefecture_b.name in page
    own = client_of(told.world.actors["prefecture_a"]).get(reverse("report_list")).content.decode()
    assert told.world.prefecture_b.name not in own


def test_report_list_comes_as_a_file(told, client_of):
    client = client_of(told.world.actors["prefecture_a"])
    text = b"".join(client.get(reverse("report_list"), {"export": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    lines = text.splitlines()
    assert lines[0].startswith("事業,年度,支援地域,報告書")
    assert [line.split(",")[3] for line in lines[1:]] == ["中間報告書", "最終報告書", "支援地域の概要"]
    assert told.world.prefecture_b.name not in text


def test_a_region_that_is_not_adopted_has_no_reports(told, client_of):
    told.world.region_a.status = "candidate"
    told.world.region_a.save()
    client = client_of(told.world.actors["prefecture_a"])
    assert client.get(address(told, "region_reports")).status_code == 404
