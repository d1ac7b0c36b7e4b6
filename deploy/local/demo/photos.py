"""Pictures of hazards, drawn: a wall, a floor, and what is wrong there. Nobody is in them."""

import struct
import zlib
from random import Random

from shared.vocabulary.terms import HazardKind as Kind

WIDTH, HEIGHT = 320, 240
Colour = tuple[int, int, int]
Box = tuple[int, int, int, int, Colour]
"""Left, top, right, bottom in pixels, and what it is painted with."""

_RED, _GREEN, _GREY, _DARK = (196, 43, 36), (34, 128, 76), (128, 134, 140), (52, 56, 60)
_CARD, _ORANGE, _WHITE, _STEEL = (176, 134, 88), (226, 132, 30), (238, 238, 232), (166, 176, 186)
_WALLS: tuple[Colour, ...] = ((214, 208, 196), (198, 208, 212), (220, 214, 188), (206, 200, 206))
_FLOORS: tuple[Colour, ...] = ((138, 130, 120), (118, 124, 128), (150, 132, 112))
_FLOOR_FROM = 170

_DRAWN: dict[Kind, tuple[Box, ...]] = {
    Kind.FIRE: (  # an extinguisher, and cardboard before it
        (136, 96, 168, 188, _RED), (146, 84, 158, 96, _DARK), (140, 124, 164, 146, _WHITE), (150, 160, 236, 214, _CARD),
    ),
    Kind.ELECTRICAL: (  # an open distribution box, and a loose wire
        (112, 52, 184, 142, _STEEL), (120, 60, 176, 134, _DARK), (128, 70, 140, 88, _WHITE), (146, 70, 158, 88, _WHITE),
        (164, 96, 168, 206, _ORANGE), (168, 202, 222, 206, _ORANGE),
    ),
    Kind.BLOCKED_EXIT: (  # a door below its sign, behind boxes
        (110, 58, 190, 182, _GREY), (126, 36, 174, 54, _GREEN), (100, 142, 152, 204, _CARD),
        (140, 112, 196, 158, _CARD), (154, 158, 214, 210, _CARD),
    ),
    Kind.STRUCTURE: (  # a crack, and what fell
        (150, 0, 155, 46, _DARK), (155, 40, 161, 92, _DARK), (148, 88, 154, 138, _DARK), (154, 134, 159, 168, _DARK),
        (136, 190, 166, 204, _STEEL), (176, 196, 190, 206, _STEEL),
    ),
    Kind.CROWD: (  # barriers that have been pushed together
        (60, 120, 66, 206, _STEEL), (120, 120, 126, 206, _STEEL), (60, 126, 186, 134, _RED),
        (60, 152, 186, 160, _WHITE), (180, 104, 186, 206, _STEEL), (180, 110, 262, 118, _RED),
        (256, 104, 262, 206, _STEEL),
    ),
    Kind.EQUIPMENT: (  # a rack where one of three shields is missing
        (64, 60, 256, 66, _DARK), (76, 72, 122, 162, _DARK), (140, 72, 186, 162, _DARK), (84, 84, 114, 96, _STEEL),
        (148, 84, 178, 96, _STEEL),
    ),
    Kind.OTHER: (  # a manhole's cover beside its hole
        (110, 186, 190, 214, _DARK), (196, 176, 270, 200, _GREY),
    ),
}  # fmt: skip


def picture(kind: Kind, random: Random) -> bytes:
    """A PNG of a few hundred bytes; like others of its kind, but not the same."""
    wall, floor = random.choice(_WALLS), random.choice(_FLOORS)
    right, down = random.randrange(-40, 41), random.randrange(-20, 21)
    lines = [[wall if y < _FLOOR_FROM + down else floor] * WIDTH for y in range(HEIGHT)]
    for left, top, end, bottom, colour in _DRAWN[kind]:
        for line in lines[max(0, top + down) : bottom + down]:
            line[left + right : end + right] = [colour] * (end - left)
    return _png(lines)


def _png(lines: list[list[Colour]]) -> bytes:
    """8 bits a channel, red, green and blue; no line is filtered (ISO/IEC 15948)."""
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    raw = b"".join(b"\0" + bytes(channel for pixel in line for channel in pixel) for line in lines)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
