#!/bin/sh
# The topics of deploy/topics.toml; a test holds the two against each other.
set -eu
topic() { name=$1 && partitions=$2 && shift 2 && /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9092 --create --if-not-exists --topic "$name" --partitions "$partitions" --replication-factor 1 "$@"; }
topic sir.case-events.v1 12 --config retention.ms=-1 --config cleanup.policy=delete
topic sir.government.v1 1 --config retention.ms=-1 --config cleanup.policy=delete --config message.timestamp.type=LogAppendTime
topic sir.stack.containers 1
