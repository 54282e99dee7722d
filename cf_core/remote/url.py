"""Tells the places that are URLs of an object store from folders. Nothing in here opens one."""

import importlib.util
from urllib.parse import urlsplit

from cf_core.errors import ConfigError

DRIVERS = {"s3": "s3fs"}
"""By the kind of URL, the package that reaches such a store through fsspec."""
REQUIREMENTS = "cf_core/runs/cluster-requirements.txt"


def is_url(place: object) -> bool:
    """Whether a place is a URL, and not a folder or a zip."""
    return "://" in str(place)


def checked_url(url: str) -> str:
    """The URL of a place in an object store, such as `s3://bucket/folder`, without a slash at its end.

    Raises:
        ConfigError: it is of a kind that the lab does not know, names no bucket, holds credentials, or needs a package
            that is not installed.
    """
    parts = urlsplit(url)
    plain = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    if parts.username or parts.password or parts.query:
        raise ConfigError(
            f"{plain}: credentials do not belong into the URL of files, which is stored and shown. Give them to the "
            "environment, as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if parts.scheme not in DRIVERS:
        raise ConfigError(f"{plain}: files are kept at s3://bucket/folder, at file:///folder, or in a folder.")
    if not parts.netloc:
        raise ConfigError(f"{plain}: the URL names no bucket. Write it as s3://bucket/folder.")
    driver = DRIVERS[parts.scheme]
    if importlib.util.find_spec(driver) is None:
        raise ConfigError(f"{plain}: this needs the package {driver}. Run pip install -r {REQUIREMENTS}.")
    return url.rstrip("/")
