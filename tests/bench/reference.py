"""The reference data: air-quality observations of about 440 B, some of them wrong, as JSON Lines."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tests.bench.text import Cells, Whole, decimals, either, integers, objects, quoted, replaced, rows, words

SCHEMA = Path(__file__).with_name("reference.schema.json")
BLOCK = 50_000
FIRST_HOUR = datetime(2026, 1, 1)
HOURS = 8_000
STATIONS = 2_500
MODELS = ("TX-200", "BAM 1022", "AQM-65.2", "Vaisala AQT530")
STATES = ("measuring", "calibrating", "fault")
SECOND_FAULT = 0.12
REASONS = ("Thiết bị đang hiệu chuẩn", "Mất điện tại trạm", "Giá trị ngoài dải đo của thiết bị")

Record = dict[str, Any]


def hour_texts() -> list[str]:
    return [f"{(FIRST_HOUR + timedelta(hours=n)).isoformat()}+07:00" for n in range(HOURS + 1)]


def _measured(rng: np.random.Generator, count: int, low: int, high: int) -> Cells:
    """Concentrations of up to 15 significant digits: half with the noise of a float, half with one decimal."""
    places = 13 if high <= 100 else 12
    fine = rng.integers(low * 10**places, high * 10**places, count)
    short = 10 ** (places - 1)
    return decimals(np.where(rng.random(count) < 0.5, fine // short * short, fine), places, 15 - places)


def block(seed: int, number: int, count: int) -> Cells:
    """`count` records that fit the schema, one a row with its line feed."""
    rng = np.random.default_rng([seed, number])
    at = number * BLOCK + np.arange(count)
    station, hour = at % STATIONS, at // STATIONS % HOURS
    good = rng.random(count) < 0.97
    state = np.where(good, 0, rng.integers(0, len(STATES), count))
    reason = rows([b',"reason":', quoted(words(REASONS, rng.integers(0, len(REASONS), count)))], count)
    minutes = np.where(good, rng.integers(45, 61, count), rng.integers(0, 45, count))
    return objects({
        "id": rows([b'"urn:vn:air:obs:48:', integers(station, 6, True), b":", integers(at, 12), b'"'], count),
        "type": b'"AirQuality"',
        "station": rows([b'"urn:vn:air:station:DN-KK-', integers(station, 6, True), b'"'], count),
        "location": _point(station),
        "dateObserved": quoted(words(hour_texts(), hour)),
        "receivedAt": _received(rng, hour),
        "areaCode": quoted(integers(20_194 + station % 90, 5)),
        "pm25": _measured(rng, count, 5, 60),
        "pm10": either(rng.random(count) < 0.99, _measured(rng, count, 20, 140), b"null"),
        "o3": _measured(rng, count, 1, 180),
        "no2": _measured(rng, count, 1, 60),
        "unit": b'"ug/m3"',
        "validMinutes": integers(minutes, 2),
        "quality": rows([quoted(words(("good", "suspect"), np.where(good, 0, 1))), either(~good, reason, b"")], count),
        "device": objects({
            "model": quoted(words(MODELS, station % len(MODELS))), "status": quoted(words(STATES, state)),
        }, count, b""),
    }, count, b"\n")  # fmt: skip


def _point(station: Whole) -> Cells:
    """Longitudes and latitudes of up to six decimals."""
    lon, lat = decimals(108_000_000 + station * 97, 6, 3), decimals(15_900_000 + station * 89, 6, 2)
    return rows([b'{"type":"Point","coordinates":[', lon, b",", lat, b"]}"], len(station))


def _received(rng: np.random.Generator, hour: Whole) -> Cells:
    """Some time in the hour after the one that was measured, to the millisecond."""
    count = len(hour)
    starts = [text[:14] for text in hour_texts()]
    minute, second, part = (rng.integers(0, top, count) for top in (60, 60, 1000))
    return rows([
        b'"', words(starts, hour + 1), integers(minute, 2, True), b":", integers(second, 2, True), b".",
        integers(part, 3, True), b'+07:00"',
    ], count)  # fmt: skip


def lines(seed: int, count: int, rate: float, edges: bool = False) -> Iterator[bytes]:
    """The file in blocks; a share `rate` of the records is wrong in one or two ways.

    With `edges` some of them are wrong in ways on which engines differ.
    """
    kinds = tuple(FAULTS) + (tuple(EDGES) + tuple(BROKEN_TEXT) if edges else ())
    for number, start in enumerate(range(0, count, BLOCK)):
        size = min(BLOCK, count - start)
        matrix = block(seed, number, size)
        dice = random.Random(f"{seed}/{number}")
        chosen = np.flatnonzero(np.random.default_rng([seed, number, 1]).random(size) < rate)
        texts = [_spoilt(matrix[row][matrix[row] != 0].tobytes(), dice.choice(kinds), dice) for row in chosen]
        yield replaced(matrix, chosen, texts)


def _spoilt(raw: bytes, kind: str, dice: random.Random) -> bytes:
    if kind in BROKEN_TEXT:
        return BROKEN_TEXT[kind](raw)
    record = orjson.loads(raw)
    if kind in EDGES:
        EDGES[kind](record)
    else:
        FAULTS[kind](record, dice)
        if dice.random() < SECOND_FAULT:
            FAULTS["range"](record, dice)
    return orjson.dumps(record) + b"\n"


def _wrong_type(record: Record, dice: random.Random) -> None:
    name = dice.choice(("pm25", "o3", "no2", "validMinutes"))
    record[name] = str(record[name])


def _missing(record: Record, dice: random.Random) -> None:
    del record[dice.choice(("station", "areaCode", "unit", "receivedAt"))]


def _undeclared(record: Record, dice: random.Random) -> None:
    record[dice.choice(("pm2_5", "stationName", "note"))] = "12.4"


def _pattern(record: Record, dice: random.Random) -> None:
    name = dice.choice(("station", "areaCode", "dateObserved"))
    record[name] = {"station": "station-17", "areaCode": "4820", "dateObserved": record["dateObserved"][:19] + "Z"}[
        name
    ]


def _enum(record: Record, dice: random.Random) -> None:
    record["device"]["status"] = dice.choice(("ok", "MEASURING", ""))


def _range(record: Record, _dice: random.Random) -> None:
    record["validMinutes"] = 75


def _format(record: Record, dice: random.Random) -> None:
    record[dice.choice(("dateObserved", "receivedAt"))] = "2026-02-30T08:00:00+07:00"


def _condition(record: Record, _dice: random.Random) -> None:
    record.pop("reason", None)
    record["quality"] = "suspect"


def _short_hour(record: Record, _dice: random.Random) -> None:
    record["quality"], record["validMinutes"] = "good", 17


def _tuple(record: Record, dice: random.Random) -> None:
    lon, lat = record["location"]["coordinates"]
    record["location"]["coordinates"] = dice.choice(([lat, lon], [lon, lat, 4.5], [lon], f"{lon},{lat}"))


def _nested(record: Record, _dice: random.Random) -> None:
    record["device"]["firmware"] = "2.4.1"


FAULTS: dict[str, Callable[[Record, random.Random], None]] = {
    "wrong_type": _wrong_type, "missing": _missing, "undeclared": _undeclared, "pattern": _pattern, "enum": _enum,
    "range": _range, "format": _format, "condition": _condition, "short_hour": _short_hour, "tuple": _tuple,
    "nested": _nested,
}  # fmt: skip
"""What can be wrong by the schema."""

EDGES: dict[str, Callable[[Record], None]] = {
    "leap_second": lambda record: record.update(receivedAt="2026-06-30T23:59:60Z"),
    "space_for_t": lambda record: record.update(receivedAt="2026-01-02 08:00:00+07:00"),
    "final_newline": lambda record: record.update(station=record["station"] + "\n"),
}
"""What engines judge differently."""

BROKEN_TEXT: dict[str, Callable[[bytes], bytes]] = {
    "duplicate_key": lambda raw: raw.replace(b'"validMinutes":', b'"validMinutes":60,"validMinutes":', 1),
    "malformed": lambda raw: raw.rstrip()[:-1] + b"\n",
    "not_a_number": lambda raw: raw.replace(b'"unit":', b'"o3":NaN,"unit":', 1),
}
"""What is wrong with the text itself, before any schema."""
