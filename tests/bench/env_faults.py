"""What can be wrong with an hourly record of a submission: by its schema, and by rules across records."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

Record = dict[str, Any]


def _wrong_type(record: Record, dice: random.Random) -> None:
    name = dice.choice(("pm25", "no2", "co", "valid_minutes"))
    record[name] = str(record[name])


def _missing(record: Record, dice: random.Random) -> None:
    del record[dice.choice(("unit", "valid_minutes", "quality_flag", "device_status"))]


def _undeclared(record: Record, dice: random.Random) -> None:
    record[dice.choice(("pm2_5", "temperature", "note"))] = "27.5"


def _no_offset(record: Record, _dice: random.Random) -> None:
    record["available_at"] = record["available_at"][:19]


def _no_such_day(record: Record, _dice: random.Random) -> None:
    record["hour"] = "2026-02-30" + record["hour"][10:]


def _other_zone(record: Record, _dice: random.Random) -> None:
    record["hour"] = record["hour"].replace("+07:00", "Z")


def _enum(record: Record, dice: random.Random) -> None:
    record["quality_flag"] = dice.choice(("ok", "GOOD", ""))


def _unit(record: Record, _dice: random.Random) -> None:
    record["unit"] = "mg/m3"


def _range(record: Record, _dice: random.Random) -> None:
    record["valid_minutes"] = 75


def _particles(record: Record, _dice: random.Random) -> None:
    record.update(pm25=88.5, pm10=31.2, quality_flag="good", device_status="measuring", valid_minutes=60)


def _short_hour(record: Record, _dice: random.Random) -> None:
    record.update(quality_flag="good", device_status="measuring", valid_minutes=17)


def _calibrating(record: Record, _dice: random.Random) -> None:
    record.update(quality_flag="good", device_status="calibrating", valid_minutes=60)


def _negative(record: Record, _dice: random.Random) -> None:
    record.update(so2=-12.5, quality_flag="good", device_status="measuring", valid_minutes=60)


def _stranger(record: Record, dice: random.Random) -> None:
    record["station_id"] = f"tram-la-{dice.randrange(10)}"


FAULTS: dict[str, Callable[[Record, random.Random], None]] = {
    "wrong_type": _wrong_type, "missing": _missing, "undeclared": _undeclared, "no_offset": _no_offset,
    "no_such_day": _no_such_day, "other_zone": _other_zone, "enum": _enum, "unit": _unit, "range": _range,
    "particles": _particles, "short_hour": _short_hour, "calibrating": _calibrating, "negative": _negative,
    "stranger": _stranger,
}  # fmt: skip
