"""The names that things are known by."""

from __future__ import annotations

from typing import NewType

UserId = NewType("UserId", str)
"""The `sub` of OAuth's identify, as text."""

BatchId = NewType("BatchId", int)
UploadId = NewType("UploadId", int)
SliceId = NewType("SliceId", int)
PresetId = NewType("PresetId", int)

EditGroupId = NewType("EditGroupId", str)
"""12 hexadecimal digits; names all edits of a batch at EditGroups."""

ImageId = NewType("ImageId", str)
"""A source's own id of a picture; unique within a batch (the contract calls it `key`)."""

LeaseToken = NewType("LeaseToken", str)
"""32 hexadecimal digits, new for each claim; every write of an attempt names it."""

FileKey = NewType("FileKey", str)
"""The wiki's name for a stashed file or a chunked upload under way."""

Sha1 = NewType("Sha1", str)
"""40 lower-case hexadecimal digits."""

SealedToken = NewType("SealedToken", str)
"""An access token as the vault encrypted it: safe to store, never to show."""

TokenPrint = NewType("TokenPrint", str)
"""The first 32 hexadecimal digits of an access token's SHA-256: tells tokens apart, opens
nothing."""
