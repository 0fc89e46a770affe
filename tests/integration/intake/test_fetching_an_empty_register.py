"""The template of a register is there for everybody, as it is committed."""

import httpx2
import pytest

from services.intake.api import TEMPLATES
from tests.integration.telling.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("file", ["register-template.csv", "register-template.xlsx", "register-template.ods"])
async def test_it_is_the_committed_file(intake: Stage, file: str) -> None:
    async with httpx2.AsyncClient(base_url=intake.base) as nobody:
        answer = await nobody.get(f"/v1/register-template/{file}")
    assert answer.content == TEMPLATES.joinpath(file).read_bytes()
    assert file in answer.headers["content-disposition"]


@pytest.mark.parametrize("file", ["register-template.pdf", "..%2Fcatalogue.py", "."])
async def test_there_is_no_other(intake: Stage, file: str) -> None:
    async with httpx2.AsyncClient(base_url=intake.base) as nobody:
        assert (await nobody.get(f"/v1/register-template/{file}")).status_code == httpx2.codes.NOT_FOUND
