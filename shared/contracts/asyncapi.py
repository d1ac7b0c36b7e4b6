"""The AsyncAPI 3 document: every topic as a channel, every message type, who sends and who receives."""

from collections.abc import Iterable
from typing import Any

from shared.contracts.base import Message
from shared.contracts.examples import example_of
from shared.contracts.schemas_of import schema_id, shared_schemas
from shared.contracts.topics import Topic

Node = dict[str, Any]

BINDING = "0.5.0"
CONTENT_TYPE = "application/json"


def asyncapi_document(topics: Iterable[Topic]) -> Node:
    """The document for these topics; the same topics always give the same document."""
    declared = list(topics)
    messages = {message.ce_type(): message for topic in declared for message in topic.messages}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Minimum emergency units 最小应急单元",
            "version": "v1",
            "description": "CloudEvents 1.0 in Kafka binary mode: attributes in `ce_*` headers, JSON as the value, the "
            "aggregate's id as the key, murmur2 as the partitioner. Channels and messages carry their own versions.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "kafka": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "variables": {"bootstrap": {"default": "localhost:9092", "description": "host:port of a broker"}},
            }
        },
        "channels": {topic.name: _channel(topic) for topic in declared},
        "operations": {name: operation for topic in declared for name, operation in _operations(topic)},
        "components": {
            "messages": {ce_type: _message(message) for ce_type, message in sorted(messages.items())},
            "schemas": {"CloudEvent": _CLOUD_EVENT, **shared_schemas(messages.values())},
        },
    }


def _channel(topic: Topic) -> Node:
    config = topic.config()
    return {
        "address": topic.name,
        "title": topic.name,
        "description": f"Keyed by {topic.key}. {_KINDS[topic.kind]} What a reader cannot process goes to {topic.dlq}.",
        "servers": [{"$ref": "#/servers/kafka"}],
        "messages": {
            message.ce_type(): {"$ref": f"#/components/messages/{message.ce_type()}"} for message in topic.messages
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "cleanup.policy": [config["cleanup.policy"]],
                    "retention.ms": int(config["retention.ms"]),
                    "max.message.bytes": int(config["max.message.bytes"]),
                },
                "bindingVersion": BINDING,
            }
        },
        "x-public": topic.public,
        "x-message-timestamp-type": config["message.timestamp.type"],
    }


def _operations(topic: Topic) -> Iterable[tuple[str, Node]]:
    yield _operation(topic.writer, "send", topic)
    for reader in topic.readers:
        yield _operation(reader, "receive", topic)


def _operation(service: str, action: str, topic: Topic) -> tuple[str, Node]:
    return f"{service}-{action}-{topic.name}", {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "title": f"{service} {action}s {topic.name}",
        "tags": [{"name": service}],
    }


def _message(message: type[Message]) -> Node:
    headers = {
        "type": "object",
        "properties": {
            "ce_type": {"type": "string", "const": message.ce_type()},
            "ce_dataschema": {"type": "string", "const": schema_id(message)},
        },
    }
    return {
        "name": message.ce_type(),
        "title": message.__name__,
        "summary": (message.__doc__ or "").partition("\n")[0],
        "contentType": CONTENT_TYPE,
        "headers": {"allOf": [{"$ref": "#/components/schemas/CloudEvent"}, headers]},
        "payload": {"$ref": f"#/components/schemas/{message.__name__}"},
        "bindings": {"kafka": {"key": {"type": "string", "description": _KEY}, "bindingVersion": BINDING}},
        "tags": [{"name": message.KIND}],
        "examples": [{"name": "example", "payload": example_of(message).model_dump(mode="json")}],
    }


_KEY = "The same as ce_subject: the aggregate's id."
_KINDS = {
    "commands": "Commands and ticks; a record's time is the broker's, and is the `now` of the decision.",
    "events": "What happened, in the order of each key's `ce_sequence`.",
    "states": "The last record of a key is its whole state; a record without a body means: deleted.",
    "dead-letters": "What could not be processed, with the reason in `dlq_*` headers.",
}

_CLOUD_EVENT: Node = {
    "title": "CloudEvent",
    "description": "The record's headers. All are UTF-8 strings.",
    "type": "object",
    "properties": {
        "content-type": {"type": "string", "const": CONTENT_TYPE},
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": {"type": "string", "description": "The same id is the same event, wherever it is met again."},
        "ce_source": {"type": "string", "description": "Who wrote it."},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The aggregate's id."},
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_dataschema": {"type": "string", "description": "The `$id` of the body's JSON Schema."},
        "ce_partitionkey": {"type": "string"},
        "ce_correlationid": {"type": "string", "description": "The request or incident that it belongs to."},
        "ce_causationid": {"type": "string", "description": "The id of the record that caused it."},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Counts a subject's events from 1."},
        "ce_part": {
            "type": "string",
            "pattern": "^[0-9]+/[0-9]+$",
            "description": "i/n: the i-th of the n events that one record caused.",
        },
        "ce_origin": {"type": "string", "description": "topic/partition/offset of the record it was decided from."},
        "ce_drill": {"type": "string", "enum": ["true"], "description": "There only in exercises."},
        "ce_replyto": {"type": "string", "description": "Where the outcome of a command is waited for."},
        "ce_traceparent": {"type": "string", "description": "W3C trace context."},
    },
    "required": [
        "content-type",
        "ce_specversion",
        "ce_id",
        "ce_source",
        "ce_type",
        "ce_subject",
        "ce_time",
        "ce_dataschema",
        "ce_partitionkey",
        "ce_correlationid",
        "ce_part",
    ],
}
