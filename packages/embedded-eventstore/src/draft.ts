import type { Write } from './append.ts';
import { decodeUuid, streamNameOf } from './encode.ts';
import { fromUint64, uuidBytes, type Expected, type ProposedEvent } from './events.ts';
import type { Shared, Streams } from './protocol.ts';
import { InvalidRequest } from './refusals.ts';

/** Most bytes of data and metadata that one append may bring: EventStoreDB's own default. */
export const MAX_APPEND_BYTES = 1024 * 1024;

interface Expectation {
  hasNoStream(): boolean;
  hasAny(): boolean;
  hasStreamExists(): boolean;
}

export const expectation = (options: Expectation, revision: string): Expected => {
  if (options.hasNoStream()) return 'no_stream';
  if (options.hasAny()) return 'any';
  if (options.hasStreamExists()) return 'stream_exists';
  return fromUint64(revision);
};

export const writableName = (identifier: Shared.StreamIdentifier | undefined) => {
  const name = streamNameOf(identifier);
  if (!name || name === '$all') throw new InvalidRequest(`Nothing can be written to stream '${name}'.`);
  return name;
};

export const proposed = (message: Streams.AppendReq.ProposedMessage | Streams.BatchAppendReq.ProposedMessage): ProposedEvent => {
  const id = uuidBytes(decodeUuid(message.getId()) ?? '');
  if (!id) throw new InvalidRequest('An event needs a UUID as its id.');
  const map = message.getMetadataMap();
  const type = map.get('type');
  if (!type) throw new InvalidRequest(`Event ${decodeUuid(message.getId())} has no type.`);
  return {
    id, type, contentType: map.get('content-type') ?? 'application/octet-stream',
    data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8(),
  };
};

const size = (event: ProposedEvent) => event.data.byteLength + event.metadata.byteLength;

/** An append while its parts still arrive. */
export class Draft {
  readonly stream: string;
  readonly expected: Expected;
  readonly deadline: number;
  readonly events: ProposedEvent[] = [];
  bytes = 0;

  constructor(stream: string, expected: Expected, deadline = Infinity) {
    this.stream = stream;
    this.expected = expected;
    this.deadline = deadline;
  }

  add(event: ProposedEvent) {
    this.bytes += size(event);
    // What is too large is refused at the end; keeping it until then would only fill the memory.
    if (this.bytes <= MAX_APPEND_BYTES) this.events.push(event);
  }

  get write(): Write {
    return { kind: 'append', stream: this.stream, expected: this.expected, events: this.events };
  }
}
