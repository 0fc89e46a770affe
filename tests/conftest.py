import pytest
@pytest.fixture
def postgres_url(): return "postgresql://postgres@127.0.0.1:35432/postgres"
@pytest.fixture
def kafka_bootstrap(): return "127.0.0.1:39092"
