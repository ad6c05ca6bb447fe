import { revisionText, uuidText, type StoredEvent } from './events.ts';
import { shared, streams, type Shared, type Streams } from './protocol.ts';

/** Ids go out as text or as two halves, as the client asked for. */
export type UuidStyle = 'string' | 'structured';

export const streamIdentifier = (name: string) => {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8'));
  return identifier;
};

export const streamNameOf = (identifier: Shared.StreamIdentifier | undefined) =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const encodeUuid = (id: Uint8Array, style: UuidStyle = 'string') => {
  const uuid = new shared.UUID();
  if (style === 'string') return uuid.setString(uuidText(id));
  const bytes = Buffer.from(id);
  const halves = new shared.UUID.Structured();
  halves.setMostSignificantBits(bytes.readBigInt64BE(0).toString());
  halves.setLeastSignificantBits(bytes.readBigInt64BE(8).toString());
  return uuid.setStructured(halves);
};

/** The 16 bytes of a message's id; undefined when there is none or it is no UUID. */
export const decodeUuid = (uuid: Shared.UUID | undefined): string | undefined => {
  const halves = uuid?.getStructured();
  if (!halves) return uuid?.getString();
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(halves.getMostSignificantBits()), 0);
  bytes.writeBigInt64BE(BigInt(halves.getLeastSignificantBits()), 8);
  return uuidText(bytes);
};

/** Sets the fields that recorded events have in all answers that carry them. */
export const fillRecorded = <T extends Streams.ReadResp.ReadEvent.RecordedEvent>(recorded: T, event: StoredEvent, style: UuidStyle) => {
  recorded.setId(encodeUuid(event.id, style));
  recorded.setStreamIdentifier(streamIdentifier(event.stream));
  recorded.setStreamRevision(revisionText(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType)
    .set('created', `${event.created}0000`); // ticks of 100 ns since 1970
  return recorded;
};

const bytes = (fill: (response: Streams.ReadResp) => void) => {
  const response = new streams.ReadResp();
  fill(response);
  return Buffer.from(response.serializeBinary());
};

const encodeEvent = (event: StoredEvent, style: UuidStyle, link: StoredEvent | undefined) => bytes((response) => {
  const { ReadEvent } = streams.ReadResp;
  const read = new ReadEvent();
  read.setEvent(fillRecorded(new ReadEvent.RecordedEvent(), event, style));
  if (link) read.setLink(fillRecorded(new ReadEvent.RecordedEvent(), link, style));
  read.setCommitPosition(String((link ?? event).position));
  response.setEvent(read);
});

/** Live events go to many subscribers as the same bytes. */
const encoded = new WeakMap<StoredEvent, Buffer>();

export const eventBytes = (event: StoredEvent, style: UuidStyle, link?: StoredEvent) => {
  if (style !== 'string' || link) return encodeEvent(event, style, link);
  let known = encoded.get(event);
  if (!known) encoded.set(event, (known = encodeEvent(event, style, undefined)));
  return known;
};

export const confirmationBytes = (id: string) => bytes((response) =>
  response.setConfirmation(new streams.ReadResp.SubscriptionConfirmation().setSubscriptionId(id)));

export const checkpointBytes = (position: number) => bytes((response) => response.setCheckpoint(
  new streams.ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position))));

export const notFoundBytes = (stream: string) => bytes((response) =>
  response.setStreamNotFound(new streams.ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream))));

export const caughtUpBytes = () => bytes((response) => response.setCaughtUp(new streams.ReadResp.CaughtUp()));
export const fellBehindBytes = () => bytes((response) => response.setFellBehind(new streams.ReadResp.FellBehind()));
