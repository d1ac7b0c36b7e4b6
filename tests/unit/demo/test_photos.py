"""Pictures of hazards are small, whole, and the same for the same seed."""

import struct
import zlib
from random import Random

import pytest

from deploy.local.demo.hazards import WORDS
from deploy.local.demo.photos import HEIGHT, WIDTH, picture
from services.checkin.application.hazards import picture_type
from shared.vocabulary.terms import HazardKind


@pytest.mark.parametrize("kind", HazardKind)
def test_a_picture_is_a_png_that_can_be_read(kind: HazardKind) -> None:
    for seed in range(20):
        content = picture(kind, Random(seed))
        assert picture_type(content) == "image/png"
        assert len(content) < 5_000
        size, lines = read(content)
        assert size == (WIDTH, HEIGHT)
        assert len(lines) == HEIGHT * (1 + 3 * WIDTH), "every line has its filter and all of its pixels"


def test_one_seed_gives_one_picture_and_kinds_differ() -> None:
    drawn = {kind: picture(kind, Random(1)) for kind in HazardKind}
    assert drawn == {kind: picture(kind, Random(1)) for kind in HazardKind}
    assert len(set(drawn.values())) == len(HazardKind)


def test_there_are_words_for_every_kind() -> None:
    assert set(WORDS) == set(HazardKind)


def read(content: bytes) -> tuple[tuple[int, int], bytes]:
    """Size and unpacked lines; every chunk's sum is right."""
    at, size, data = 8, (0, 0), b""
    while at < len(content):
        length, name = struct.unpack_from(">I4s", content, at)
        body = content[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", content, at + 8 + length)[0] == zlib.crc32(name + body)
        if name == b"IHDR":
            size = struct.unpack_from(">II", body)
        data += body if name == b"IDAT" else b""
        at += 12 + length
    return size, zlib.decompress(data)
