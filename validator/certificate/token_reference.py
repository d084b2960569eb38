"""Where a private half lies that never leaves its token: module, token and key, as a key file tells them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class TokenReference:
    """A key pair on a PKCS#11 token; `id` is its CKA_ID in hexadecimal, empty where the key has none."""

    module: str
    token: str
    label: str
    id: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reference(content: Any) -> TokenReference:
    """The reference of a key file. Raises ValueError or TypeError for anything else."""
    found = TokenReference(**content)
    if not all(isinstance(value, str) for value in found.as_dict().values()):
        raise TypeError(content)
    if not Path(found.module).is_absolute() or not found.token or bytes.fromhex(found.id).hex() != found.id:
        raise ValueError(content)
    return found
