"""A house with a web shell for each test."""

import pytest

from tests.web.house import WebHouse


@pytest.fixture
def house() -> WebHouse:
    """Where everything works."""
    return WebHouse()
