"""Uses a broker as an integrator would, with nats-py. Argument: the broker's URL. Exits 0 when all of it holds."""
import asyncio
import sys

import nats
from nats.errors import NoRespondersError


async def main(url):
    one = await nats.connect(url)
    other = await nats.connect(url)

    events = await other.subscribe("comment.*")
    await other.flush()
    await one.publish("comment.new", b"retake", headers={"Nats-Msg-Id": "event-1"})
    message = await events.next_msg(timeout=5)
    assert (message.subject, message.data, message.headers) == ("comment.new", b"retake", {"Nats-Msg-Id": "event-1"})

    async def double(request):
        await request.respond(str(int(request.data) * 2).encode())

    for worker in (one, other):
        await worker.subscribe("cmd.double", queue="workers", cb=double)
        await worker.flush()
    replies = await asyncio.gather(*(one.request("cmd.double", str(n).encode(), timeout=5) for n in range(100)))
    assert [int(reply.data) for reply in replies] == [n * 2 for n in range(100)]

    try:
        await one.request("cmd.nobody", b"", timeout=5)
        raise AssertionError("a request without responders was answered")
    except NoRespondersError:
        pass

    await one.drain()
    await other.drain()


asyncio.run(main(sys.argv[1]))
