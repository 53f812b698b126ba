"""An S3 service on a loopback port, with an empty bucket: moto's server, spoken to over HTTP as any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto.server import ThreadedMotoServer

BUCKET = "clips"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class Service:
    address: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process of the product is told of it."""
        return KEYS | {"S3_BUCKET": BUCKET, "S3_ENDPOINT": self.address, "S3_REGION": "us-east-1", "S3_PREFIX": "tags"}

    @property
    def bucket(self) -> Any:
        names = ("aws_access_key_id", "aws_secret_access_key")
        keys = dict(zip(names, list(KEYS.values())[:2], strict=True))
        return boto3.resource("s3", endpoint_url=self.address, region_name="us-east-1", **keys).Bucket(BUCKET)

    def names(self) -> list[str]:
        return [found.key for found in self.bucket.objects.all()]

    def storages(self) -> dict[str, Any]:
        """`settings.STORAGES` as that environment makes it, for this process."""
        options = {"bucket_name": BUCKET, "endpoint_url": self.address, "region_name": "us-east-1"}
        return {
            alias: {"BACKEND": "tagging.object_storage.Bucket", "OPTIONS": options | {"location": f"tags/{folder}"}}
            for alias, folder in (("default", "media"), ("archive", "archive"))
        }


@contextmanager
def service() -> Iterator[Service]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        found = Service(f"http://{host}:{port}")
        found.bucket.create()
        yield found
    finally:
        server.stop()


def use(found: Service, settings: Any, monkeypatch: Any, folder: Path) -> None:
    """Let this process keep its media and archive there, with a disk of its own in `folder`."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    settings.STORAGES = settings.STORAGES | found.storages()
    settings.S3_ADDRESSING = "path"
    for name in ("MEDIA_ROOT", "MEDIA_CACHE_ROOT", "BUNDLE_ROOT", "SNAPSHOT_ROOT", "FEATURE_ROOT"):
        setattr(settings, name, folder / name.lower())
