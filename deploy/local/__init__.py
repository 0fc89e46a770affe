"""The whole stack on one bare machine: real PostgreSQL, real Apache Kafka, five services; no container, no root, nothing installed."""
