"""Media in a bucket of an S3-compatible service. Only where settings name one is this imported, and boto with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from botocore.config import Config
from botocore.exceptions import ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from tagging.file_cache import FileCache
from tagging.media_storage import BLOCK

GONE = {"404", "NoSuchKey", "NotFound"}


class Bucket(S3Storage):
    """In object storage. Keys come the usual way of AWS: environment, profile, or the machine's role."""

    def get_default_settings(self) -> dict[str, Any]:
        config = Config(
            s3={"addressing_style": settings.S3_ADDRESSING},
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "max_attempts": 4},
            # What AWS sends by default since 2025 is refused by older MinIO and Ceph.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        ours = {"client_config": config, "file_overwrite": True, "max_memory_size": 2**24}  # then on disk
        return super().get_default_settings() | ours

    def size(self, name: str) -> int:
        with _missing(name):
            return int(super().size(name))

    def blocks(self, name: str, first: int, last: int) -> Iterator[bytes]:
        with _missing(name):
            answer = self.bucket.Object(self._key(name)).get(Range=f"bytes={first}-{last}")
        return cast(Iterator[bytes], answer["Body"].iter_chunks(BLOCK))

    @contextmanager
    def local(self, name: str) -> Iterator[Path]:
        cache = FileCache(Path(settings.MEDIA_CACHE_ROOT), settings.MEDIA_CACHE_BYTES)
        with cache.file(name, lambda to: self.fetch(name, to)) as path:
            yield path

    def fetch(self, name: str, to: Path) -> None:
        """Download into the file. Raises FileNotFoundError."""
        with _missing(name), to.open("wb") as file:
            self.bucket.Object(self._key(name)).download_fileobj(file)

    def _key(self, name: str) -> str:
        return cast(str, self._normalize_name(name))


@contextmanager
def _missing(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            raise FileNotFoundError(name) from error
        raise
