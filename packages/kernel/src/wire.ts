import { gunzipSync, gzipSync } from 'node:zlib';
import type { WireError } from './errors.ts';

/** A command as it travels on NATS. Any client may send one as JSON: what it may do is decided by its token. */
export type CommandMessage = {
  token: string | null;
  input: unknown;
  idempotency_key?: string | null;
  correlation_id?: string | null;
  /** A log position that the service's read model must have seen before the command is looked at: what the caller has heard of. */
  after?: string | null;
};

/** The reply: the answer and the log position that holds it, or the error. */
export type CommandReply = { answer: unknown; position: string | null } | { error: WireError };

const LARGE = 64 * 1024;
const GZIP_MAGIC = 0x1f;

/** Large replies travel packed: NATS limits the size of a message. */
export const encodeReply = (reply: CommandReply): Uint8Array => {
  const bytes = Buffer.from(JSON.stringify(reply));
  return bytes.length > LARGE ? gzipSync(bytes, { level: 1 }) : bytes;
};

/** The other side of `encodeReply`. */
export const decodeReply = (bytes: Uint8Array): CommandReply =>
  JSON.parse((bytes[0] === GZIP_MAGIC ? gunzipSync(bytes) : Buffer.from(bytes)).toString()) as CommandReply;
