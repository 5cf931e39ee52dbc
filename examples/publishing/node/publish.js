// Publish an event with amqplib and cloudevents.
//
// npm install
// HUB_AMQP_URL=amqp://crm:password@broker/hub node publish.js

import { randomUUID } from "node:crypto";
import amqp from "amqplib";
import { CloudEvent } from "cloudevents";

const url = new URL(process.env.HUB_AMQP_URL);

// The id of what happened in your own system: the same id again changes nothing, so repeating is safe.
const key = randomUUID();
const event = new CloudEvent({
  id: `received-${key}`,
  source: "urn:my-system",
  type: "co.coproservicios.pqrs.received.v1",
  time: new Date().toISOString(),
  datacontenttype: "application/json",
  data: {
    pqrs_id: key,
    radicado: "PQ-2026-000123",
    kind: "peticion",
    entry_channel: "web",
    received_at: new Date().toISOString(),
    service_area: "administracion",
    subject: "Copia del acta de la asamblea",
    petitioner: { name: "Sofía Ibáñez", email: "sofia.ibanez@example.com" },
  },
});

const connection = await amqp.connect(url.href, { timeout: 10_000 });
connection.on("error", (error) => console.error(error.message));
try {
  const channel = await connection.createConfirmChannel();
  // Only looked up: the exchange is the hub's, and a publisher declares nothing.
  await channel.checkExchange("domain.events");
  let returned = false;
  channel.on("return", () => {
    returned = true;
  });
  channel.publish("domain.events", "pqrs.received", Buffer.from(JSON.stringify(event)), {
    contentType: "application/cloudevents+json",
    mandatory: true,
    persistent: true,
    messageId: event.id,
    userId: decodeURIComponent(url.username || "guest"),
  });
  // What no queue takes comes back before its confirm.
  await channel.waitForConfirms();
  if (returned) throw new Error("No queue takes the event: publish the same again in some seconds.");
  console.log(event.id);
} finally {
  await connection.close();
}
