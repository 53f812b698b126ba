"""What the environment says, read and checked. Only the settings ask."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def env_bool(name: str, default: str) -> bool:
    value = os.environ.get(name, default)
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name}={value!r}: use 0 or 1")
    return value == "1"


def env_int(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number")
    return int(value)


def env_list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def database(url: str) -> dict[str, object]:
    """Django's database settings from `postgresql://user:password@host:port/name?host=/socket/folder`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL must start with postgresql://, not {parts.scheme!r}")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    # 0: from the first time on. Behind a pooler that hands out connections by transaction there can be none.
    options["prepare_threshold"] = 0 if env_bool("PREPARED_STATEMENTS", "1") else None
    return {
        "ENGINE": "tagging.postgres",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def bucket(name: str, folder: str) -> dict[str, object]:
    """Django's storage in that folder of a bucket: at S3_ENDPOINT (http://minio:9000; AWS without), below S3_PREFIX."""
    prefix = os.environ.get("S3_PREFIX", "").strip("/")
    options = {
        "bucket_name": name,
        "endpoint_url": os.environ.get("S3_ENDPOINT") or None,
        "region_name": os.environ.get("S3_REGION") or None,
        "location": f"{prefix}/{folder}".lstrip("/"),
    }
    return {"BACKEND": "tagging.object_storage.Bucket", "OPTIONS": options}


def secret_key(folder: Path) -> str:
    """From the environment; else made once and kept in the folder, readable by its owner only."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = folder / "secret-key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
