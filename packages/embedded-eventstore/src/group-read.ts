import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { Consumer, Message } from './consumers.ts';
import { decodeUuid, fillRecorded, streamNameOf, type UuidStyle } from './encode.ts';
import type { Group } from './group.ts';
import { ALL, dropped, tooManyConsumers, type Groups } from './groups.ts';
import { persistent, type Persistent, type Shared } from './protocol.ts';
import { fail, InvalidRequest } from './refusals.ts';

type Call = ServerDuplexStream<Persistent.ReadReq, Buffer>;

const DEFAULT_SLOTS = 10;

const encode = (message: Message, style: UuidStyle) => {
  const { ReadEvent } = persistent.ReadResp;
  const recorded = (event: Message['event']) => fillRecorded(new ReadEvent.RecordedEvent(), event, style);
  const read = new ReadEvent().setEvent(recorded(message.event)).setRetryCount(message.retries);
  if (message.link) read.setLink(recorded(message.link));
  read.setCommitPosition(String((message.link ?? message.event).position));
  return Buffer.from(new persistent.ReadResp().setEvent(read).serializeBinary());
};

const confirmation = (id: string) => Buffer.from(new persistent.ReadResp().setSubscriptionConfirmation(
  new persistent.ReadResp.SubscriptionConfirmation().setSubscriptionId(id)).serializeBinary());

const texts = (ids: Shared.UUID[]) => ids.map((id) => (decodeUuid(id) ?? '').toLowerCase());

const { Action } = persistent.ReadReq.Nack;
const ACTIONS = { [Action.PARK]: 'park', [Action.RETRY]: 'retry', [Action.SKIP]: 'skip' } as const;

/** One consumer's connection: its first request names the group, the others answer what was delivered. */
class Connection {
  readonly #call: Call;
  readonly #groups: Groups;
  #joined: { group: Group; consumer: Consumer; stream: string; name: string } | undefined;

  constructor(call: Call, groups: Groups) {
    this.#call = call;
    this.#groups = groups;
  }

  async receive(request: Persistent.ReadReq) {
    const options = request.getOptions();
    if (options) return this.#join(options);
    if (!this.#joined) throw new InvalidRequest('The first request names the group.');
    const { group, consumer } = this.#joined;
    const ack = request.getAck();
    if (ack) return group.ack(consumer, texts(ack.getIdsList()));
    const nack = request.getNack();
    if (nack) return this.#nack(nack);
  }

  async #nack(nack: Persistent.ReadReq.Nack) {
    const { group, consumer, stream, name } = this.#joined!;
    const action = nack.getAction();
    if (action === Action.STOP) {
      this.leave();
      throw dropped(stream, name);
    }
    // Clients that do not say what they want are served as EventStoreDB documents it: the message is tried again.
    await group.nack(consumer, texts(nack.getIdsList()), ACTIONS[action as keyof typeof ACTIONS] ?? 'retry', nack.getReason());
  }

  #join(options: Persistent.ReadReq.Options) {
    if (this.#joined) throw new InvalidRequest('The group was already named.');
    const stream = options.hasAll() ? ALL : streamNameOf(options.getStreamIdentifier());
    const name = options.getGroupName();
    const group = this.#groups.get(stream, name);
    const { maxSubscriberCount } = group.settings;
    if (maxSubscriberCount > 0 && group.consumers.size >= maxSubscriberCount) throw tooManyConsumers(stream, name);
    const style = options.getUuidOption()?.hasStructured() ? 'structured' : 'string';
    const consumer: Consumer = {
      slots: options.getBufferSize() > 0 ? options.getBufferSize() : DEFAULT_SLOTS, inFlight: 0, total: 0,
      from: this.#call.getPeer(), username: 'anonymous',
      deliver: (message) => { this.#call.write(encode(message, style)); },
      drop: (reason) => {
        this.#joined = undefined;
        fail(this.#call, reason);
      },
    };
    this.#joined = { group, consumer, stream, name };
    this.#call.write(confirmation(`${stream}::${name}`));
    group.connect(consumer);
  }

  leave() {
    this.#joined?.group.disconnect(this.#joined.consumer);
    this.#joined = undefined;
  }
}

/** Deliveries to one consumer of a group, and its answers. */
export const groupReadHandler = (groups: Groups) => (call: Call) => {
  const connection = new Connection(call, groups);
  call.on('data', (request: Persistent.ReadReq) => {
    connection.receive(request).catch((error: unknown) => {
      connection.leave();
      fail(call, error);
    });
  });
  call.on('cancelled', () => connection.leave());
  call.on('close', () => connection.leave());
  call.on('error', () => connection.leave());
  call.on('end', () => {
    connection.leave();
    call.end();
  });
};
