"""How functions of the accept filter are compiled: once on a machine, then read from a cache.

Inlined, because what they do with a byte costs less than a call.
"""

from __future__ import annotations

from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
