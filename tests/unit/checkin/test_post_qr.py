"""Posts' codes as pictures."""

import re
from xml.etree.ElementTree import Element
from xml.etree.ElementTree import fromstring as parse

import pytest
import segno

from services.checkin.adapters.post_qr import labelled_qr_svg, member_page, qr_svg

SVG = "{http://www.w3.org/2000/svg}"
URL = "https://meu.example/m/?unit=u-1#c=ABCDEFGHIJ23&p=p-1"


def fromstring(picture: str) -> Element:
    return parse(picture)  # noqa: S314 - our own


def modules(path: str) -> set[tuple[int, int]]:
    """The dark modules (column, row) that a line of strokes paints, as a browser would."""
    dark: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        first, *rest = (float(number) for number in numbers.split())
        if command == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(first))}
            x += first
        else:
            x, y = (first, rest[0]) if command == "M" else (x + first, y + rest[0])
    return dark


def code_in(picture: Element) -> set[tuple[int, int]]:
    (path,) = (path for path in picture.iter(f"{SVG}path") if "stroke" in path.attrib)
    return modules(path.attrib["d"])


@pytest.mark.parametrize("picture", [qr_svg(URL, "东门"), labelled_qr_svg(URL, "东门")], ids=["display", "print"])
def test_the_picture_is_the_code_of_the_address_with_its_quiet_zone(picture: str) -> None:
    expected = segno.make_qr(URL, error="m").matrix
    dark = {(x + 4, y + 4) for y, row in enumerate(expected) for x, module in enumerate(row) if module}
    assert code_in(fromstring(picture)) == dark


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"&'", "＝东门", "x" * 200])
def test_a_name_is_text_whatever_it_is(name: str) -> None:
    picture = fromstring(labelled_qr_svg(URL, name))
    assert [text.text for text in picture.iter(f"{SVG}text")] == [name]
    assert {element.tag.removeprefix(SVG) for element in picture.iter()} == {"svg", "rect", "title", "path", "text"}


def test_nothing_in_it_needs_a_style_that_a_strict_policy_forbids() -> None:
    for element in fromstring(labelled_qr_svg(URL, "东门")).iter():
        assert not {"style", "class", "onload"} & set(element.attrib)


def test_a_long_name_is_set_smaller_so_that_it_fits() -> None:
    def size(name: str) -> float:
        (text,) = fromstring(labelled_qr_svg(URL, name)).iter(f"{SVG}text")
        return float(text.attrib["font-size"])

    assert size("东门") == pytest.approx(3.2)
    assert size("东" * 40) * 40 <= 45


@pytest.mark.parametrize(
    ("unit_id", "expected"), [("u-1", "https://x/m/?unit=u-1#c=AB&p=p-1"), (None, "https://x/m/#c=AB&p=p-1")]
)
def test_the_code_is_in_the_part_that_no_server_sees(unit_id: str | None, expected: str) -> None:
    assert member_page("https://x", code="AB", post_id="p-1", unit_id=unit_id) == expected
