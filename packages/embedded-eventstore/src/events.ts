/** The revision a client expects a stream to have; a number is the revision of its last event. */
export type Expected = number | 'any' | 'no_stream' | 'stream_exists';

export interface ProposedEvent {
  /** 16 bytes. */
  id: Uint8Array;
  type: string;
  contentType: string;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface StoredEvent extends ProposedEvent {
  /** Place in the whole log: 1, 2, 3, … without gaps. Serves as commit and as prepare position. */
  position: number;
  stream: string;
  /** Place in its stream, from 0; `TOMBSTONE` for the event that ends a stream for good. */
  revision: number;
  /** Milliseconds since 1970. */
  created: number;
}

/** Stands for the protocol's largest revision, 2^63 - 1, which a number cannot hold. */
export const TOMBSTONE = Number.MAX_SAFE_INTEGER;
const LARGEST_INT64 = '9223372036854775807';

/** A revision as the protocol writes it. */
export const revisionText = (revision: number) => (revision === TOMBSTONE ? LARGEST_INT64 : String(revision));

/** A revision or position of the protocol (uint64) as a number; what exceeds 2^53 is all the same to us. */
export const fromUint64 = (text: string) => Math.min(Number(text), TOMBSTONE);

/** The canonical text of a 16 byte id. */
export const uuidText = (id: Uint8Array) => {
  const hex = Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** The 16 bytes of a UUID, or undefined when the text is none. */
export const uuidBytes = (text: string) => {
  const hex = text.replaceAll('-', '');
  return /^[0-9a-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
};
