"""The stack in containers makes the topics of deploy/topics.toml, with the same settings."""

import re
import tomllib

from tests.conftest import ROOT


def test_its_topics_are_the_declared_ones() -> None:
    made = {}
    for line in (ROOT / "deploy" / "compose" / "topics.sh").read_text().splitlines():
        if found := re.match(r"topic (\S+) (\d+)(.*)", line):
            config = dict(setting.split("=", 1) for setting in re.findall(r"--config (\S+)", found[3]))
            made[found[1]] = {"partitions": int(found[2]), "config": config}
    mark = made.pop("sir.stack.containers")
    assert mark == {"partitions": 1, "config": {}}
    assert made == tomllib.loads((ROOT / "deploy" / "topics.toml").read_text())
