#!/bin/bash
# Starts one node of Kafka in infra/compose/compose.yaml; its storage and the users are made at the first start.
set -euf
secrets=/run/secrets/kafka
kafka=/opt/kafka/bin
settings="$secrets/node-$1.properties"
mapfile -t users <"$secrets/format-arguments"
# What it says at the first start holds keys of the users; what goes wrong is said on the other channel.
"$kafka/kafka-storage.sh" format --ignore-formatted -t "$(cat "$secrets/cluster-id")" -c "$settings" "${users[@]}" >/dev/null
exec "$kafka/kafka-server-start.sh" "$settings"
