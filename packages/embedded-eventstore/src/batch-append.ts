import { status as codes, type ServerDuplexStream } from '@grpc/grpc-js';
import { Draft, expectation, MAX_APPEND_BYTES, proposed, writableName } from './draft.ts';
import { decodeUuid, streamIdentifier } from './encode.ts';
import { revisionText, type Expected } from './events.ts';
import { Any, GoogleEmpty, shared, status, streams, StringValue, type Streams } from './protocol.ts';
import { asRefusal, streamDeleted } from './refusals.ts';
import type { Writer } from './writer.ts';

interface Packable {
  serializeBinary(): Uint8Array;
}

const batchError = (code: codes, message: string, typeName: string, details: Packable) => {
  const any = new Any();
  any.pack(details.serializeBinary(), typeName);
  const error = new status.Status();
  error.setCode(code as never);
  error.setMessage(message);
  error.setDetails(any as never);
  return new streams.BatchAppendResp().setError(error);
};

const batchWrongVersion = (expected: Expected, current: number) => {
  const wrong = new shared.WrongExpectedVersion();
  const empty = new GoogleEmpty();
  if (current < 0) wrong.setCurrentNoStream(empty);
  else wrong.setCurrentStreamRevision(revisionText(current));
  if (expected === 'any') wrong.setExpectedAny(empty);
  else if (expected === 'no_stream') wrong.setExpectedNoStream(empty);
  else if (expected === 'stream_exists') wrong.setExpectedStreamExists(empty);
  else wrong.setExpectedStreamPosition(revisionText(expected));
  return batchError(codes.FAILED_PRECONDITION, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', wrong);
};

const batchSuccess = (revision: number, position: number | undefined) => {
  const success = new streams.BatchAppendResp.Success();
  if (revision < 0) success.setNoStream(new GoogleEmpty());
  else success.setCurrentRevision(revisionText(revision));
  if (position === undefined) success.setNoPosition(new GoogleEmpty());
  else success.setPosition(new shared.AllStreamPosition().setCommitPosition(String(position)).setPreparePosition(String(position)));
  return new streams.BatchAppendResp().setSuccess(success);
};

const batchFailure = (error: unknown) => {
  const { code, details } = asRefusal(error);
  // The clients drop the message of `Unknown`; of a type that they do not know they show it.
  const sentence = new StringValue();
  sentence.setValue(details);
  return batchError(code, details, 'google.protobuf.StringValue', sentence);
};

const batchResponse = async (writer: Writer, draft: Draft) => {
  if (draft.bytes > MAX_APPEND_BYTES) {
    const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(MAX_APPEND_BYTES);
    return batchError(codes.INVALID_ARGUMENT, `An append may bring ${MAX_APPEND_BYTES} bytes.`,
      'event_store.client.MaximumAppendSizeExceeded', details);
  }
  const outcome = await writer.write(draft.write, draft.deadline);
  if (outcome === 'too late')
    return batchError(codes.DEADLINE_EXCEEDED, 'Timeout', 'event_store.client.Timeout', new shared.Timeout());
  if (outcome.kind === 'wrong') return batchWrongVersion(draft.expected, outcome.current);
  if (outcome.kind === 'written') return batchSuccess(outcome.revision, outcome.position);
  return batchError(codes.FAILED_PRECONDITION, streamDeleted(draft.stream).details, 'event_store.client.StreamDeleted',
    new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(draft.stream)));
};

type BatchCall = ServerDuplexStream<Streams.BatchAppendReq, Streams.BatchAppendResp>;

const newDraft = (options: Streams.BatchAppendReq.Options) => {
  const deadline = options.getDeadline();
  return new Draft(writableName(options.getStreamIdentifier()), expectation(options, options.getStreamPosition()),
    deadline ? deadline.getSeconds() * 1000 + deadline.getNanos() / 1e6 : Infinity);
};

/** One call of BatchAppend, with the appends of which not all parts have arrived. */
class Batches {
  readonly #call: BatchCall;
  readonly #writer: Writer;
  readonly #drafts = new Map<string, Draft>();
  #running = 0;
  #ended = false;

  constructor(call: BatchCall, writer: Writer) {
    this.#call = call;
    this.#writer = writer;
  }

  receive(request: Streams.BatchAppendReq) {
    const id = decodeUuid(request.getCorrelationId()) ?? '';
    try {
      const options = request.getOptions();
      const draft = options ? newDraft(options) : this.#drafts.get(id);
      if (!draft) return; // a later part of an append that was refused at its beginning: its caller has the answer
      this.#drafts.set(id, draft);
      for (const message of request.getProposedMessagesList()) draft.add(proposed(message));
      if (!request.getIsFinal()) return;
      this.#drafts.delete(id);
      void this.#finish(request, draft);
    } catch (error) {
      this.#drafts.delete(id);
      this.#answer(request, '', batchFailure(error));
    }
  }

  async #finish(request: Streams.BatchAppendReq, draft: Draft) {
    this.#running += 1;
    const response = await batchResponse(this.#writer, draft).catch(batchFailure);
    this.#running -= 1;
    this.#answer(request, draft.stream, response);
    this.#endWhenDone();
  }

  #answer(request: Streams.BatchAppendReq, stream: string, response: Streams.BatchAppendResp) {
    response.setCorrelationId(request.getCorrelationId());
    response.setStreamIdentifier(streamIdentifier(stream));
    if (!this.#call.cancelled) this.#call.write(response);
  }

  /** The client asks for nothing more: what runs is still answered. */
  end() {
    this.#ended = true;
    this.#endWhenDone();
  }

  #endWhenDone() {
    if (this.#ended && this.#running === 0) this.#call.end();
  }

  forget() {
    this.#drafts.clear();
  }
}

/** Many appends over one call, told apart by their correlation ids; an append may come in several requests. */
export const batchAppendHandler = (writer: Writer) => (call: BatchCall) => {
  const batches = new Batches(call, writer);
  call.on('data', (request: Streams.BatchAppendReq) => batches.receive(request));
  call.on('error', () => batches.forget());
  call.on('end', () => batches.end());
};
