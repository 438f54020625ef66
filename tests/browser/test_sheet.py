"""The cheat sheet on paper."""

import re

from tests.browser.conftest import Arrive


def test_the_sheet_is_one_page_of_paper(arrive: Arrive, lang: str) -> None:
    reader = arrive(lang=lang)
    reader.opens(f"/{lang}/sheet")
    printed = reader.page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
