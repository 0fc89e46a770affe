"""The whole stack on one bare machine: PostgreSQL, Apache Kafka, five services; no container, no root, nothing installed."""
