import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import type { Outcome } from './append.ts';
import { revisionText, type Expected } from './events.ts';
import { NotStored } from './store.ts';

/** The request cannot be understood; answered as INVALID_ARGUMENT. */
export class InvalidRequest extends Error {}

/** A gRPC error with the trailers from which the clients make their own errors. */
export const refusal = (code: status, details: string, trailers: Record<string, string> = {}): ServiceError => {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(trailers)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
};

/** Header values are ASCII; other names travel percent-encoded. */
export const inHeader = (text: string) => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));

export const streamDeleted = (stream: string) => refusal(status.FAILED_PRECONDITION,
  `Event stream '${stream}' is deleted.`, { exception: 'stream-deleted', 'stream-name': inHeader(stream) });

/** What the clients take for an expectation that is no revision. */
const EXPECTATION = { any: -2, no_stream: -1, stream_exists: -4 };

export const wrongExpectedVersion = (stream: string, expected: Expected, current: number) => {
  const wanted = typeof expected === 'number' ? expected : EXPECTATION[expected];
  // The Python client looks for these very words to tell a missing stream from a wrong revision.
  return refusal(status.FAILED_PRECONDITION,
    `WrongExpectedVersion: stream '${stream}', expected version: ${wanted}, Actual version: ${current}`, {
      exception: 'wrong-expected-version', 'stream-name': inHeader(stream), 'expected-version': String(wanted),
      ...(current >= 0 ? { 'actual-version': revisionText(current) } : {}),
    });
};

/** The gRPC error for whatever was thrown while a request was served. */
export const asRefusal = (error: unknown): ServiceError => {
  if (error instanceof Error && 'code' in error && 'details' in error) return error as ServiceError;
  if (error instanceof InvalidRequest) return refusal(status.INVALID_ARGUMENT, error.message);
  if (error instanceof NotStored) return refusal(status.UNAVAILABLE, error.message);
  return refusal(status.INTERNAL, `The event log failed: ${error instanceof Error ? error.message : String(error)}`);
};

/** Ends a call with the refusal; whoever has gone away needs none. */
export const fail = (call: { cancelled: boolean; destroyed: boolean; emit(event: 'error', error: Error): boolean }, error: unknown) => {
  if (!call.cancelled && !call.destroyed) call.emit('error', asRefusal(error));
};

/** The successful outcome, or the error that tells a unary caller otherwise. */
export const written = (outcome: Outcome | 'too late', stream: string, expected: Expected) => {
  if (outcome === 'too late') throw refusal(status.DEADLINE_EXCEEDED, 'The write waited longer than its deadline.');
  if (outcome.kind === 'deleted') throw streamDeleted(stream);
  if (outcome.kind === 'wrong') throw wrongExpectedVersion(stream, expected, outcome.current);
  return outcome;
};
