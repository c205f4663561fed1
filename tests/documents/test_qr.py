import io

import segno

from surveyapp.documents.qr import qr_svg
from tests.qrcodes import read_svg

LINK = "https://khaosat.example.gov.vn/t/7123456789012345~abcdefghijklmnopqrstuv"


def test_the_printed_square_leads_to_the_link():
    assert read_svg(qr_svg(LINK)) == [LINK]


def test_the_square_scales_and_brings_its_own_white():
    svg = qr_svg(LINK)
    assert svg.startswith("<svg")
    assert " width=" not in svg.split(">", 1)[0]
    assert "style=" not in svg
    assert segno.make(LINK, error="m", mask=3, micro=False, boost_error=False).version <= 6
    assert len(io.BytesIO(svg.encode()).getvalue()) < 6000
