"""Stores for data sets: in memory, in files, and a server of S3 in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.fixture(scope="session")
def server() -> Iterator[None]:
    """A server of S3 in this process, named by the environment; one for all, since clients are kept."""
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    made = moto.ThreadedMotoServer(port=0, verbose=False)
    made.start()
    _, port = made.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**KEYS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}.items():
            patch.setenv(name, value)
        yield
    made.stop()


@pytest.fixture
def bucket(server: None) -> str:
    """An empty place in it."""
    import fsspec

    fs = fsspec.filesystem("s3")
    fs.invalidate_cache()
    if fs.exists("bucket"):
        fs.rm("bucket", recursive=True)
    fs.mkdir("bucket")
    return "s3://bucket/set"


@pytest.fixture(params=["memory", "file", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty place in a store."""
    if request.param == "file":
        return f"file://{tmp_path}/bucket/set"
    if request.param == "memory":
        import fsspec

        fsspec.filesystem("memory").rm("/", recursive=True)
        return "memory://bucket/set"
    found: str = request.getfixturevalue("bucket")
    return found
