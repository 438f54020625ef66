"""A small course, for servers that must start quickly."""

from tests.course.conftest import content

__all__ = ["content"]
