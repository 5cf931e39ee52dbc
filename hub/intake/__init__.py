"""INTAKE: store the events that RabbitMQ delivers, then publish tickets."""
