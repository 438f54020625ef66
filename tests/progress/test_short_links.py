"""Short links: one code for one address, for good; on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from app.progress import short_links
from app.progress.short_links import ALPHABET, SHORTEST, codes, find, keep, lead
from app.progress.store import Store
from app.progress.tables import ShortLinkRow
from app.progress.writer import Writer

ADDRESS = "/en/lab?server=listen;+accept&client=connect&v=1&t=1s"


def test_an_address_has_one_code_however_often_it_is_shortened(store: Store) -> None:
    with store.writing() as connection:
        assert find(connection, ADDRESS) is None
        code = keep(connection, ADDRESS)
        assert keep(connection, ADDRESS) == find(connection, ADDRESS) == code
        assert lead(connection, code) == lead(connection, code.upper()) == ADDRESS
        assert len(connection.execute(select(ShortLinkRow)).all()) == 1


def test_a_code_that_is_taken_makes_the_next_one_longer(store: Store) -> None:
    first, second, third = list(codes(ADDRESS))[:3]
    with store.writing() as connection:
        for code in (first, second):
            connection.execute(insert(ShortLinkRow), {"code": code, "address": f"/en/questions/{code}"})
        assert find(connection, ADDRESS) is None
        assert keep(connection, ADDRESS) == third
        assert len(third) == SHORTEST + 2
        assert lead(connection, first) == f"/en/questions/{first}"
        assert lead(connection, third) == ADDRESS


def test_all_who_shorten_an_address_at_once_get_the_same_code(store: Store, writer: Writer) -> None:
    def shorten(number: int) -> str:
        address = f"{ADDRESS}{number % 3}"
        if number % 2:
            return writer.submit(lambda connection: keep(connection, address)).result(timeout=20)
        with store.writing() as connection:
            return keep(connection, address)

    with ThreadPoolExecutor(4) as visitors:
        found = list(visitors.map(shorten, range(24)))
    assert len(set(found)) == 3
    assert found[:3] * 8 == found


@pytest.mark.parametrize("code", ["", "l0ng", "b" * 25, "bcdfgh/j", "bcdfghj\0", "bcdfghjé", "' OR 1=1"])
def test_what_cannot_be_a_code_leads_nowhere(store: Store, code: str) -> None:
    with store.reading() as connection:
        assert lead(connection, code) is None


@settings(max_examples=100)
@given(st.text())
def test_a_code_can_be_read_aloud_and_pasted_anywhere(address: str) -> None:
    spelled = list(codes(address))
    assert [len(code) for code in spelled] == list(range(SHORTEST, short_links.LONGEST + 1))
    assert all(longer.startswith(spelled[0]) for longer in spelled)
    assert set(spelled[-1]) <= set(ALPHABET)
    assert not set("01ilo-_.") & set(ALPHABET)
