#!/bin/sh
# Publish an event over HTTP, for systems that do not speak AMQP.
#
# API_URL=https://hub.example.co API_KEY=… ./publish.sh
set -eu

# The id of what happened in your own system: the same id again changes nothing, so repeating is safe.
key=$(cat /proc/sys/kernel/random/uuid)
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# --fail-with-body: an answer of 400 and above is an error, and says what to correct. What the hub does not
# answer, or answers with 503, is sent again.
curl --silent --show-error --fail-with-body --max-time 30 --retry 5 --retry-connrefused \
    --header "Authorization: Bearer $API_KEY" \
    --header "Content-Type: application/cloudevents+json" \
    --data-binary @- "$API_URL/api/events" >&2 <<EVENT
{
  "specversion": "1.0",
  "id": "received-$key",
  "source": "urn:my-system",
  "type": "co.coproservicios.pqrs.received.v1",
  "time": "$now",
  "datacontenttype": "application/json",
  "data": {
    "pqrs_id": "$key",
    "radicado": "PQ-2026-000123",
    "kind": "peticion",
    "entry_channel": "web",
    "received_at": "$now",
    "service_area": "administracion",
    "subject": "Copia del acta de la asamblea",
    "petitioner": {"name": "Sofía Ibáñez", "email": "sofia.ibanez@example.com"}
  }
}
EVENT
echo "received-$key"
