"""A post's code as a picture: the address of the member's page with the code in it."""

from io import BytesIO
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

import segno

LABEL_HEIGHT = 8.0
LABEL_SIZE = 3.2
"""Of a printed picture's line, in modules of the code."""
_WIDE_FROM = "\u2e80"  # where East Asian writing begins, whose characters are as wide as high


def member_page(base: str, *, code: str, post_id: str, unit_id: str | None) -> str:
    """`…/m/?unit=…#c=<code>&p=<post>`: a fragment stays in the phone, so that no log on the way holds a code.

    `unit_id`: None where a site has several.
    """
    unit = "" if unit_id is None else "?" + urlencode({"unit": unit_id})
    return f"{base}/m/{unit}#c={quote(code)}&p={quote(post_id)}"


def qr_svg(url: str, title: str) -> str:
    """An SVG without style, black on white in dark surroundings too, that fills the box it is given."""
    picture, _ = _picture(url, title)
    return picture


def labelled_qr_svg(url: str, label: str) -> str:
    """The same above a line of text, for paper."""
    picture, side = _picture(url, label)
    ems = sum(1.0 if character >= _WIDE_FROM else 0.6 for character in label)
    size = min(LABEL_SIZE, (side - 4) / max(ems, 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side + LABEL_HEIGHT:g}">'
        f'<rect width="{side}" height="{side + LABEL_HEIGHT:g}" fill="#fff"/>'
        f'{picture.replace("<svg ", f"""<svg width="{side}" height="{side}" """, 1)}'
        f'<text x="{side / 2:g}" y="{side + LABEL_HEIGHT / 2:g}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="{size:.2f}">{escape(label)}</text></svg>'
    )


def _picture(url: str, title: str) -> tuple[str, int]:
    """The picture, and its side in modules."""
    code = segno.make_qr(url, error="m")
    out = BytesIO()
    code.save(
        out,
        kind="svg",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
        omitsize=True,
        light="#fff",
        title=title,
        nl=False,
    )
    return out.getvalue().decode(), int(code.symbol_size()[0])
