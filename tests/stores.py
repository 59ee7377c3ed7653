"""A store that speaks the S3 API, on loopback: moto's own server as a process."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import boto3

from tests.house import _free_port

BUCKET: Final = "stride"
KEYS: Final[Mapping[str, str]] = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests"}
_SERVE: Final = (
    "import sys, time\n"
    "from moto.server import ThreadedMotoServer\n"
    "ThreadedMotoServer('127.0.0.1', int(sys.argv[1]), verbose=False).start()\n"
    "print('ready', flush=True)\n"
    "time.sleep(3600)\n"
)


class Store:
    """One server with one bucket; `environment` is what a process of the house needs to use it."""

    def __init__(self, process: "subprocess.Popen[bytes]", *, port: int) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**KEYS, "STRIDE_S3_BUCKET": BUCKET, "STRIDE_S3_ENDPOINT": self.url}
        keys = {"aws_access_key_id": "tests", "aws_secret_access_key": "tests", "region_name": "us-east-1"}
        self._client: Any = boto3.client("s3", endpoint_url=self.url, **keys)
        self._client.create_bucket(Bucket=BUCKET)

    def names(self) -> list[str]:
        """Return the names of all files in the bucket."""
        return [entry["Key"] for entry in self._client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def put(self, name: str, content: bytes) -> None:
        """Write a file into the bucket, whatever was there."""
        self._client.put_object(Bucket=BUCKET, Key=name, Body=content)

    def get(self, name: str) -> bytes:
        """Return a file of the bucket."""
        return bytes(self._client.get_object(Bucket=BUCKET, Key=name)["Body"].read())


@contextmanager
def served() -> Iterator[Store]:
    """Start a store; it ends with the block and keeps nothing."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(port)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "moto's server did not start."
        yield Store(process, port=port)
    finally:
        process.kill()
        process.wait(timeout=10)
