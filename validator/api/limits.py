"""What one run may cost the system under test and us."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`timeout` seconds for one exchange in all, a dripping head included; `body` decoded bytes;
    `inflation` decoded bytes for each byte received, once there is more than 1 MiB; `rate` requests a
    second (0: no pacing); `budget` requests in all; `waits` times that one call waits for Retry-After,
    each at most `longest_wait` seconds, and `patience` seconds in all; `values` in one body, beyond 1 MiB;
    `volume` decoded bytes in all."""

    timeout: float = 20.0
    body: int = 32 * 1024**2
    inflation: int = 200
    rate: float = 50.0
    budget: int = 5000
    waits: int = 3
    longest_wait: float = 60.0
    patience: float = 600.0
    values: int = 2_000_000
    volume: int = 1024**3
