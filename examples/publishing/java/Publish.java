// Publish an event with RabbitMQ's own client (com.rabbitmq:amqp-client) and no other library.
//
// HUB_AMQP_URL=amqp://crm:password@broker/hub java -cp amqp-client.jar:slf4j-api.jar Publish.java

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

public final class Publish {
    public static void main(String[] arguments) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("HUB_AMQP_URL"));
        if (factory.getVirtualHost().isEmpty()) {
            factory.setVirtualHost("/"); // to this client alone, a bare slash at the end is another virtual host
        }
        factory.setConnectionTimeout(10_000);

        // The id of what happened in your own system: the same id again changes nothing, so repeating is safe.
        String key = UUID.randomUUID().toString();
        String id = "received-" + key;
        String event = """
                {
                  "specversion": "1.0",
                  "id": "%1$s",
                  "source": "urn:my-system",
                  "type": "co.coproservicios.pqrs.received.v1",
                  "time": "%3$s",
                  "datacontenttype": "application/json",
                  "data": {
                    "pqrs_id": "%2$s",
                    "radicado": "PQ-2026-000123",
                    "kind": "peticion",
                    "entry_channel": "web",
                    "received_at": "%3$s",
                    "service_area": "administracion",
                    "subject": "Copia del acta de la asamblea",
                    "petitioner": {"name": "Sofía Ibáñez", "email": "sofia.ibanez@example.com"}
                  }
                }
                """.formatted(id, key, Instant.now());

        try (Connection connection = factory.newConnection(); Channel channel = connection.createChannel()) {
            // Only looked up: the exchange is the hub's, and a publisher declares nothing.
            channel.exchangeDeclarePassive("domain.events");
            channel.confirmSelect();
            AtomicBoolean returned = new AtomicBoolean();
            channel.addReturnListener((code, text, exchange, routing, properties, body) -> returned.set(true));
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .contentType("application/cloudevents+json")
                    .deliveryMode(2)
                    .messageId(id)
                    .userId(factory.getUsername())
                    .build();
            boolean mandatory = true;
            channel.basicPublish(
                    "domain.events", "pqrs.received", mandatory, properties, event.getBytes(StandardCharsets.UTF_8));
            // What no queue takes comes back before its confirm.
            channel.waitForConfirmsOrDie(10_000);
            if (returned.get()) {
                throw new IllegalStateException("No queue takes the event: publish the same again in some seconds.");
            }
        }
        System.out.println(id);
    }
}
