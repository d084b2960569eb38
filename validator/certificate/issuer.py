"""Who issues: name, address and the part that the issuer plays, declared and never assumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from validator.messages import catalogue
from validator.model.text import LANGUAGES, Text


class Role(StrEnum):
    """ISO/IEC 17000: the supplier itself, its user, or someone independent of both."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


@dataclass(frozen=True, slots=True)
class Issuer:
    """An issuer as it stands in every credential. `registration` names the register entry of a registered
    or accredited body; without it the issuer is not one, and says so."""

    id: str
    name: Text
    address: str
    role: Role
    contact: str = ""
    registration: str = ""

    def as_credential(self) -> dict[str, Any]:
        """The `issuer` member of a certificate."""
        standing = "issuer.registered" if self.registration else "issuer.not_registered"
        return {
            "id": self.id, "type": "Issuer", "name": self.name.as_dict(), "address": self.address,
            **({"contact": self.contact} if self.contact else {}),
            "partyRole": self.role.value,
            "registeredCertificationBody": bool(self.registration),
            **({"registration": self.registration} if self.registration else {}),
            "standing": worded(standing),
        }  # fmt: skip

    @classmethod
    def of(cls, member: Mapping[str, Any]) -> Issuer:
        """The issuer of such a member. Raises KeyError, ValueError, TypeError."""
        name = Text(str(member["name"]["vi"]), str(member["name"]["en"]))
        given = {key: str(member.get(key, "")) for key in ("contact", "registration")}
        return cls(str(member["id"]), name, str(member["address"]), Role(member["partyRole"]), **given)


def worded(message_id: str) -> dict[str, str]:
    """A text of the catalogue `certificate` in both languages."""
    return {lang: catalogue("certificate", lang)[message_id] for lang in LANGUAGES}
