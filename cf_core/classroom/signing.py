"""Signed texts that fit into a link: what this lab has written, and nobody has changed since.

A text is `KIND VERSION.LAB.CONTENTS.SIGNATURE`, such as `t1.9f2c81d0.eNqrVk….kQ0…`: the contents are canonical JSON,
compressed, in URL-safe base64; the signature is HMAC-SHA256 under the lab's secret over all that stands before it, as
text, so that no two texts carry the same contents. LAB names the secret without telling it. The contents are no secret.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import zlib
from typing import Any, Literal

from cf_core.errors import (
    DamagedTextError,
    EditedTextError,
    LongTextError,
    NewerTextError,
    OtherLabError,
)

Kind = Literal["task", "result"]

VERSION = 1
MOST_CHARACTERS = 6_000
"""Of a signed text: servers and mail programs take links of about 8,000."""
MOST_BYTES = 64 * 1024
"""Of its contents, unpacked."""

_FORM = re.compile(r"([a-z])(\d{1,4})\.([0-9a-f]{8})\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})")


def sign(kind: Kind, contents: dict[str, Any], secret: bytes) -> str:
    """The signed text; `contents` is plain JSON without NaN and infinity.

    Raises:
        LongTextError: it would be longer than `MOST_CHARACTERS`.
    """
    canonical = json.dumps(contents, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    packed = _base64(zlib.compress(canonical.encode(), 9))
    head = f"{kind[0]}{VERSION}.{_lab_name(secret)}.{packed}"
    text = f"{head}.{_signature(head, secret)}"
    if len(text) > MOST_CHARACTERS or len(canonical.encode()) > MOST_BYTES:
        raise LongTextError(f"The link would have {len(text):,} characters, too many to send. Shorten its texts.")
    return text


def read_signed(kind: Kind, text: str, secret: bytes) -> dict[str, Any]:
    """The contents of a text of that kind that was signed with this secret.

    Raises:
        LongTextError: it has more than `MOST_CHARACTERS`.
        DamagedTextError: it is cut off, or no such text at all.
        NewerTextError: a later version of the lab has signed it.
        OtherLabError: it was signed under another secret.
        EditedTextError: the signature is not that of the text.
    """
    if len(text) > MOST_CHARACTERS:
        raise LongTextError(f"This link has {len(text):,} characters, more than any that this lab makes. Ask for it.")
    found = _FORM.fullmatch(text)
    if found is None or found[1] != kind[0]:
        raise DamagedTextError("This link is not whole: something of it is missing or does not belong. Copy all of it.")
    version, lab, packed, signature = int(found[2]), found[3], found[4], found[5]
    if version > VERSION:
        raise NewerTextError("This link was made by a later version of this lab. Ask for the lab to be updated.")
    if not hmac.compare_digest(lab, _lab_name(secret)):
        raise OtherLabError("This link was made by another lab, or edited. Open it where it was made.")
    if not hmac.compare_digest(signature, _signature(text.rpartition(".")[0], secret)):
        raise EditedTextError("This link was edited after it was made, so it is not taken. Ask for the original.")
    return _unpack(packed)


def digest_of(text: str) -> str:
    """24 hexadecimal digits that stand for a signed text."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _unpack(packed: str) -> dict[str, Any]:
    """The contents, of which no more than `MOST_BYTES` are ever unpacked."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), MOST_BYTES)
        contents = json.loads(data) if unpacker.eof and not unpacker.unused_data else None
    except (zlib.error, binascii.Error, ValueError, RecursionError) as error:
        raise DamagedTextError(f"What this link holds cannot be read ({error}). Ask for another one.") from error
    if not isinstance(contents, dict):
        raise DamagedTextError("This link holds more than it may, or something else than it should. Ask for another.")
    return contents


def _signature(head: str, secret: bytes) -> str:
    return _base64(hmac.digest(secret, head.encode(), "sha256"))


def _lab_name(secret: bytes) -> str:
    """Eight hexadecimal digits that name a secret; nothing of it can be found from them."""
    return hmac.digest(secret, b"name of the lab", "sha256").hex()[:8]


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
