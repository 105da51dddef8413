"""docker-compose.yml and the Dockerfile name only what exists: no engine runs here, so they are read."""

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from tests.test_docs import SETTINGS, variables_read

ROOT = settings.BASE_DIR
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
OURS = sorted(name for name, service in SERVICES.items() if "build" in service)
#: Variables that a program other than the portal reads.
FOREIGN = {"WEB_CONCURRENCY"}
QUEUES = {"default", "render", "import"}
REFERENCE = re.compile(r"\$\{([A-Z_]+)(:[-?][^}]*)?\}")


def image_command() -> list[str]:
    """What the image runs when compose says nothing else."""
    return json.loads(re.search(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[1])


COMMANDS = {name: SERVICES[name].get("command", image_command()) for name in OURS}


def texts(value: object) -> str:
    """Everything below a service as one text."""
    return json.dumps(value, ensure_ascii=False)


def option(command: list[str], name: str) -> str:
    """The word after an option."""
    return command[command.index(name) + 1]


def test_all_parts_of_the_service_are_there():
    workers = {"worker-default", "worker-render", "worker-import"}
    assert {"web", "beat", "migrate", "db", "redis"} | workers <= SERVICES.keys()
    assert {"web", "beat", "migrate"} | workers == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_the_command_of_each_service_exists(name):
    program = COMMANDS[name][0]
    beside_python = Path(sys.executable).with_name(program)
    assert beside_python.exists() or shutil.which(program)


def test_web_serves_the_application_with_sync_workers():
    command = COMMANDS["web"]
    assert command[:2] == ["gunicorn", "portal.wsgi:application"]  # loaded in test_production.py
    assert option(command, "--worker-class") == "sync"


def test_migrate_is_a_management_command():
    assert COMMANDS["migrate"][:2] == ["python", "manage.py"]
    assert COMMANDS["migrate"][2] in get_commands()


def test_workers_and_beat_name_one_celery_application():
    named = {option(command, "-A") for command in COMMANDS.values() if command[0] == "celery"}
    assert named == {"portal.celery"}  # loaded in test_production.py


def test_every_queue_has_a_worker():
    served = [option(command, "-Q") for command in COMMANDS.values() if "worker" in command]
    assert sorted(served) == sorted(QUEUES)


def test_a_worker_may_finish_its_job_before_it_is_killed():
    graces = {SERVICES[name]["stop_grace_period"] for name in OURS if "worker" in COMMANDS[name]}
    assert {int(grace.removesuffix("s")) > settings.CELERY_TASK_TIME_LIMIT for grace in graces} == {True}


@pytest.mark.parametrize("name", OURS)
def test_services_set_only_variables_the_settings_read(name):
    read = set().union(*map(variables_read, SETTINGS))
    assert set(SERVICES[name]["environment"]) - read - FOREIGN == set()


def test_every_variable_asked_of_the_environment_has_a_value_or_stands_in_the_example():
    example = set(
        re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    asked = {name: default for name, default in REFERENCE.findall(texts(COMPOSE)) if ":-" not in default}
    assert asked.keys() - example == set()
    assert all(default.startswith(":?") for default in asked.values()), "a missing secret must stop the start"
    assert example - {name for name, _ in REFERENCE.findall(texts(COMPOSE))} == set()


def test_no_secret_has_a_value_in_the_repository():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert re.findall(r"^(?:SECRET_KEY|\w*PASSWORD)=(.+)$", example, re.MULTILINE) == []
    assert ".env" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ["web", "db", "redis"])
def test_what_others_wait_for_can_say_that_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_services_start_after_the_migration(name):
    assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_images_are_pinned():
    base = re.search(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)[1]
    images = [base, *(service["image"] for service in SERVICES.values())]
    assert [image for image in images if not re.search(r":\d+\.\d+", image)] == []


def test_redis_keeps_messages_and_asks_for_a_password():
    command = SERVICES["redis"]["command"]
    assert option(command, "--maxmemory-policy") == "noeviction"
    assert option(command, "--appendonly") == "yes"
    assert option(command, "--requirepass").startswith("${REDIS_PASSWORD")


def test_only_the_web_is_published_and_only_to_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}


def test_web_and_workers_share_the_stored_files():
    assert {tuple(SERVICES[name]["volumes"]) for name in OURS} == {("media:/data/media",)}
    assert "PORTAL_DATA_DIR=/data" in DOCKERFILE


def test_the_image_installs_by_hash_and_runs_without_root():
    assert "pip install --require-hashes --requirement requirements.lock" in DOCKERFILE
    users = re.findall(r"^USER (\S+)$", DOCKERFILE, re.MULTILINE)
    assert users
    assert users[-1] != "root"


def test_the_image_has_the_system_packages_the_setup_asks_for():
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    wanted = set(re.findall(r'"(lib[a-z0-9.-]+)": \(', setup)) | {"fonts-noto-cjk"}
    installed = shlex.split(re.search(r"--no-install-recommends \\\n(.*?)\\\n", DOCKERFILE, re.DOTALL)[1])
    assert len(wanted) == 4
    assert set(installed) == wanted


def test_what_is_copied_into_the_image_exists():
    kept = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in kept if not (ROOT / name).exists()] == []
