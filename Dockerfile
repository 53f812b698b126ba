# One image for web, workers and beat; the command decides (see compose.yaml).
FROM python:3.11-slim

RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 tagwright
WORKDIR /srv/tagwright
COPY requirements.lock .
RUN pip install --no-cache-dir -r requirements.lock
COPY --chown=tagwright . .
# Building needs neither a database nor a secret that outlives the build.
RUN DATABASE_URL=postgresql:///none SECRET_KEY=build TAGWRIGHT_VAR=/srv/build python -m django compile_messages --settings tagging.settings \
    && DATABASE_URL=postgresql:///none SECRET_KEY=build TAGWRIGHT_VAR=/srv/build python -m django collectstatic --noinput --settings tagging.settings \
    && mkdir -p /srv/var && mv /srv/build/static /srv/static && rm -rf /srv/build && chown -R tagwright /srv/var
ENV TAGWRIGHT_VAR=/srv/var STATIC_ROOT=/srv/static DJANGO_SETTINGS_MODULE=tagging.settings OMP_NUM_THREADS=1
VOLUME /srv/var
USER tagwright
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "tagging.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "8", "--worker-class", "gthread"]
