"""CloudEvents 1.0: the codec, the schemas of each event's data, and strict JSON."""

from hub.cloudevents.codec import (
    BATCH_TYPE,
    CONTENT_TYPE,
    DEAD_BODY,
    MAX_BODY,
    MAX_IDENTITY,
    attributes_in,
    decode,
    encode,
    header_as_json,
    identity_in,
)
