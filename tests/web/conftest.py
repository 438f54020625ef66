"""A small course, for servers that must start quickly; somebody who studies on the full one, and their clock."""

import pytest
from fastapi import FastAPI

from tests.course.conftest import content
from tests.web.studying import Clock, Student

__all__ = ["content"]


@pytest.fixture
def clock(site: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the site, stopped on a Sunday at noon."""
    clock = Clock()
    monkeypatch.setattr(site.state.world, "now", clock)
    return clock


@pytest.fixture
def student(site: FastAPI, clock: Clock) -> Student:
    """A browser that can have studied."""
    return Student(site)
