import type { ServerWritableStream } from '@grpc/grpc-js';
import { streamNameOf, type UuidStyle } from './encode.ts';
import { fromUint64 } from './events.ts';
import { parseFilter, type Filter } from './filters.ts';
import { streams, type Streams } from './protocol.ts';
import { InvalidRequest } from './refusals.ts';

export type ReadCall = ServerWritableStream<Streams.ReadReq, Buffer>;

/** A read or subscription as asked for. */
export interface ReadQuery {
  /** Undefined for `$all`. */
  stream: string | undefined;
  from: 'start' | 'end' | number;
  backwards: boolean;
  count: number;
  filter: Filter | undefined;
  followLinks: boolean;
  style: UuidStyle;
}

/** Events fetched at once; between two pages others get their turn. */
export const PAGE = 256;

const position = (options: Streams.ReadReq.Options.StreamOptions | Streams.ReadReq.Options.AllOptions, at: number) =>
  options.hasStart() ? 'start' : options.hasEnd() ? 'end' : at;

/** @throws {InvalidRequest} for what is neither a stream nor `$all`, or has an unreadable filter. */
export const parseQuery = (options: Streams.ReadReq.Options): ReadQuery => {
  const ofStream = options.getStream();
  const ofAll = options.getAll();
  if (!ofStream && !ofAll) throw new InvalidRequest('A read needs a stream or $all.');
  const stream = ofStream && streamNameOf(ofStream.getStreamIdentifier());
  if (stream === '' || stream === '$all') throw new InvalidRequest(`Stream '${stream}' cannot be read by name.`);
  return {
    stream,
    from: ofStream ? position(ofStream, fromUint64(ofStream.getRevision()))
      : position(ofAll!, fromUint64(ofAll!.getPosition()?.getCommitPosition() ?? '0')),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    count: fromUint64(options.getCount()),
    filter: ofAll && parseFilter(options.getFilter()),
    followLinks: options.getResolveLinks(),
    style: options.getUuidOption()?.hasStructured() ? 'structured' : 'string',
  };
};

/** Writes and, when the client is slow, waits until it has read; false when it is gone. */
export const send = async (call: ReadCall, bytes: Buffer) => {
  if (call.cancelled || call.destroyed) return false;
  if (call.write(bytes)) return true;
  await new Promise<void>((done) => {
    const settle = () => {
      call.off('drain', settle).off('cancelled', settle).off('close', settle);
      done();
    };
    call.on('drain', settle).on('cancelled', settle).on('close', settle);
  });
  return !call.cancelled;
};

/** Lets others have their turn of the event loop. */
export const nextTurn = () => new Promise<void>((done) => { setImmediate(done); });
