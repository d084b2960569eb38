"""A coded body is the same however it was cut on its way."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.api.decoding import Body
from validator.api.fault import Fault
from validator.api.limits import Limits
from validator.model.exchange import Failure


def coded(body: bytes, coding: str) -> bytes:
    if coding == "raw":
        machine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        return machine.compress(body) + machine.flush()
    return gzip.compress(body) if coding == "gzip" else zlib.compress(body)


@given(
    body=st.binary(max_size=4000) | st.builds(bytes, st.integers(0, 900_000)),
    coding=st.sampled_from(["gzip", "deflate", "raw"]),
    cut=st.integers(1, 500),
)
def test_the_cuts_of_a_coded_body_do_not_matter(body: bytes, coding: str, cut: int) -> None:
    made = Body("deflate" if coding == "raw" else coding, Limits())
    sent = coded(body, coding)
    for start in range(0, len(sent), cut):
        made.feed(sent[start : start + cut])

    assert made.end() == body


@given(body=st.binary(min_size=1, max_size=2000), keep=st.floats(0, 0.99))
def test_a_part_of_a_coded_body_is_never_taken_for_the_whole(body: bytes, keep: float) -> None:
    sent = coded(body, "gzip")
    made = Body("gzip", Limits())
    made.feed(sent[: max(1, int(len(sent) * keep))])

    with pytest.raises(Fault) as caught:
        made.end()
    assert caught.value.failure is Failure.ENCODING


def test_no_bytes_are_no_body_in_any_coding() -> None:
    assert Body("gzip, deflate", Limits()).end() == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, br", "gzip,gzip,gzip,gzip", "gzip;q=1", "*"])
def test_a_coding_that_is_not_known_is_not_guessed(encoding: str) -> None:
    with pytest.raises(Fault) as caught:
        Body(encoding, Limits())

    assert caught.value.failure is Failure.ENCODING
