"""Reads, writes and subscribes with the Python client; prints what it saw as JSON. Arguments: connection string, stream."""
import json
import sys
import time
import uuid

from esdbclient import EventStoreDBClient, NewEvent, StreamState
from esdbclient import exceptions

uri, stream = sys.argv[1], sys.argv[2]
client = EventStoreDBClient(uri=uri)


def text(event):
    return json.loads(event.data)["text"]


def refused(call):
    try:
        call()
    except exceptions.EventStoreDBClientException as error:
        return type(error).__name__
    return None


def proposed(words):
    return NewEvent(type="TaskCommented", data=json.dumps({"text": words}).encode(), metadata=b"{}", id=uuid.uuid4())


def take(subscription, count):
    with subscription:
        return [text(event) for _, event in zip(range(count), subscription)]


def group_run():
    name = str(uuid.uuid4())
    client.create_subscription_to_stream(name, stream)
    seen, parked = [], []
    with client.read_subscription_to_stream(name, stream) as subscription:
        for event in subscription:
            seen.append(text(event))
            if len(seen) == 1:
                subscription.nack(event, "park")
            elif len(seen) == 2:
                subscription.ack(event)
                while client.get_subscription_info(name, stream_name=stream).parked_message_count == 0:
                    time.sleep(0.02)  # the client sends its answers in batches
                client.replay_parked_events(name, stream_name=stream)
            else:
                parked.append(text(event))
                subscription.ack(event)
                break
    client.delete_subscription(name, stream_name=stream)
    return seen[:2], parked


client.append_to_stream(stream, current_version=0, events=[proposed("from python")])
gone = f"{stream}-gone"
client.append_to_stream(gone, current_version=StreamState.NO_STREAM, events=[proposed("x")])
client.delete_stream(gone, current_version=0)
group, parked_again = group_run()
answer = {
    "read": [text(event) for event in client.get_stream(stream)],
    "subscribed": take(client.subscribe_to_stream(stream), 2),
    "filtered": take(client.subscribe_to_all(filter_include=[stream], filter_by_stream_name=True), 2),
    "wrong": refused(lambda: client.append_to_stream(stream, current_version=9, events=[proposed("x")])),
    "missing": refused(lambda: client.get_stream(f"{stream}-missing")),
    "deleted": refused(lambda: client.get_stream(gone)),
    "group": group,
    "parked": parked_again,
}
client.close()
print(json.dumps(answer))
