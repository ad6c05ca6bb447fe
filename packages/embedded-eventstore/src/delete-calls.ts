import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Write } from './append.ts';
import { expectation, writableName } from './draft.ts';
import { streams, type Streams } from './protocol.ts';
import { asRefusal, InvalidRequest, written } from './refusals.ts';
import type { Writer } from './writer.ts';

type Options = Streams.DeleteReq.Options | Streams.TombstoneReq.Options;

const erase = async (writer: Writer, kind: 'delete' | 'tombstone', options: Options | undefined) => {
  if (!options) throw new InvalidRequest('The request has no options.');
  const stream = writableName(options.getStreamIdentifier());
  const expected = expectation(options, options.getRevision());
  const write: Write = { kind, stream, expected };
  return String(written(await writer.write(write), stream, expected).position);
};

/** Soft delete: the stream reads as missing until the next append brings it back, with new revisions. */
export const deleteHandler = (writer: Writer) =>
  (call: ServerUnaryCall<Streams.DeleteReq, Streams.DeleteResp>, callback: sendUnaryData<Streams.DeleteResp>) => {
    erase(writer, 'delete', call.request.getOptions()).then((position) => callback(null, new streams.DeleteResp().setPosition(
      new streams.DeleteResp.Position().setCommitPosition(position).setPreparePosition(position))),
    (error) => callback(asRefusal(error)));
  };

/** Ends a stream for good: no append and no read any more. */
export const tombstoneHandler = (writer: Writer) =>
  (call: ServerUnaryCall<Streams.TombstoneReq, Streams.TombstoneResp>, callback: sendUnaryData<Streams.TombstoneResp>) => {
    erase(writer, 'tombstone', call.request.getOptions()).then((position) => callback(null, new streams.TombstoneResp().setPosition(
      new streams.TombstoneResp.Position().setCommitPosition(position).setPreparePosition(position))),
    (error) => callback(asRefusal(error)));
  };
