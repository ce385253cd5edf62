#!/bin/bash
# Starts one broker of infra/compose/compose.yaml; its storage and the users are made at the first start.
set -euf
secrets=/run/secrets/kafka
kafka=/opt/kafka/bin
settings="$secrets/broker-$1.properties"
mapfile -t users <"$secrets/format-arguments"
"$kafka/kafka-storage.sh" format --ignore-formatted -t "$(cat "$secrets/cluster-id")" -c "$settings" "${users[@]}"
exec "$kafka/kafka-server-start.sh" "$settings"
