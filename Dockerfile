# One image for web, workers, beat and migrations; docker-compose.yml says which command each runs.
FROM python:3.11-slim-bookworm

# libharfbuzz-subset0 is not drawn in by Pango; without it fonts are cut four times slower (docs/dependencies.md).
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=portal.settings.production PORTAL_DATA_DIR=/data

WORKDIR /app
COPY requirements.lock ./
RUN pip install --require-hashes --requirement requirements.lock

COPY . .
# Settings refuse to load without secrets; these live for one command and sign nothing.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(60))')" ALLOWED_HOSTS=build.invalid \
    MFA_ENCRYPTION_KEYS="$(python -c 'import secrets; print(secrets.token_hex(32))')" \
    python manage.py collectstatic --noinput

# The code belongs to root and cannot be changed by what runs; only /data can.
RUN useradd --system --uid 10001 --home-dir /data portal && install -d -o portal -g portal -m 0750 /data /data/media
USER portal
EXPOSE 8000

# Sync workers, one thread each. WEB_CONCURRENCY says how many; /dev/shm keeps their heartbeat off the disk.
CMD ["gunicorn", "portal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "sync", "--worker-tmp-dir", "/dev/shm", "--timeout", "60", "--max-requests", "2000", "--max-requests-jitter", "200", "--access-logfile", "-"]
