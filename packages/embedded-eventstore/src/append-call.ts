import { status, type sendUnaryData, type ServerReadableStream } from '@grpc/grpc-js';
import { Draft, expectation, MAX_APPEND_BYTES, proposed, writableName } from './draft.ts';
import { revisionText, type Expected } from './events.ts';
import { shared, streams, type Streams } from './protocol.ts';
import { asRefusal, InvalidRequest, refusal, written } from './refusals.ts';
import type { Writer } from './writer.ts';

/** Append of the first protocol version: one call, one append. */
export const appendHandler = (writer: Writer) =>
  (call: ServerReadableStream<Streams.AppendReq, Streams.AppendResp>, callback: sendUnaryData<Streams.AppendResp>) => {
    let draft: Draft | undefined;
    let failure: unknown;
    call.on('data', (request: Streams.AppendReq) => {
      try {
        const options = request.getOptions();
        const message = request.getProposedMessage();
        if (options) draft = new Draft(writableName(options.getStreamIdentifier()), expectation(options, options.getRevision()));
        else if (!draft) throw new InvalidRequest('An append begins with its options.');
        else if (message) draft.add(proposed(message));
      } catch (error) {
        failure ??= error;
      }
    });
    call.on('error', () => { draft = undefined; }); // the caller went away before the end: nothing was asked for
    call.on('end', () => {
      if (call.cancelled) return;
      finishAppend(writer, draft, failure).then((response) => callback(null, response), (error) => callback(asRefusal(error)));
    });
  };

const finishAppend = async (writer: Writer, draft: Draft | undefined, failure: unknown) => {
  if (failure) throw failure;
  if (!draft) throw new InvalidRequest('An append begins with its options.');
  if (draft.bytes > MAX_APPEND_BYTES) {
    throw refusal(status.INVALID_ARGUMENT, `An append may bring ${MAX_APPEND_BYTES} bytes.`,
      { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(MAX_APPEND_BYTES) });
  }
  const outcome = await writer.write(draft.write);
  if (outcome !== 'too late' && outcome.kind === 'wrong') return wrongVersionResponse(draft.expected, outcome.current);
  const { revision, position } = written(outcome, draft.stream, draft.expected);
  const success = new streams.AppendResp.Success();
  if (revision < 0) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(revisionText(revision));
  if (position === undefined) success.setNoPosition(new shared.Empty());
  else success.setPosition(new streams.AppendResp.Position().setCommitPosition(String(position)).setPreparePosition(String(position)));
  return new streams.AppendResp().setSuccess(success);
};

const wrongVersionResponse = (expected: Expected, current: number) => {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) wrong.setCurrentNoStream(new shared.Empty());
  else wrong.setCurrentRevision(revisionText(current));
  if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
  else if (expected === 'no_stream') wrong.setExpectedNoStream(new shared.Empty());
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(new shared.Empty());
  else wrong.setExpectedRevision(revisionText(expected));
  return new streams.AppendResp().setWrongExpectedVersion(wrong);
};
