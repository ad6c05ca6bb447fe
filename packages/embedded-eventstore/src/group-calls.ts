import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { streamNameOf } from './encode.ts';
import { fromUint64, TOMBSTONE } from './events.ts';
import { filterOf, parseExpression } from './filters.ts';
import { subscriptionInfo } from './group-info.ts';
import { parseSettings, type GroupSettings } from './group-settings.ts';
import { ALL, type Groups } from './groups.ts';
import { persistent, shared, type Persistent, type Shared } from './protocol.ts';
import { asRefusal, InvalidRequest } from './refusals.ts';
import type { Store } from './store.ts';

type Options = Persistent.CreateReq.Options | Persistent.UpdateReq.Options;

/** Answers with what `work` makes of the request, or with the refusal it throws. */
const unary = <Request, Response>(work: (request: Request) => Response | Promise<Response>) =>
  (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    const working = async () => work(call.request);
    working().then((response) => callback(null, response), (error) => callback(asRefusal(error)));
  };

const required = <T>(value: T | undefined): T => {
  if (value === undefined) throw new InvalidRequest('The request has no options.');
  return value;
};

const sourceName = (options: { hasAll(): boolean; getStreamIdentifier(): Shared.StreamIdentifier | undefined }) => {
  const name = options.hasAll() ? ALL : streamNameOf(options.getStreamIdentifier());
  if (!name) throw new InvalidRequest('A persistent subscription needs a stream or $all.');
  return name;
};

const START = { startAfter: -1, startFrom: '0' };

const streamStart = (store: Store, stream: string, options: Options) => {
  const start = options.getStream();
  // Older requests say it in the settings, with the largest number for the end.
  const revision = fromUint64(start ? start.getRevision() : required(options.getSettings()).getRevision());
  if (start?.hasEnd() || revision === TOMBSTONE) return { startAfter: Math.min(store.stream(stream).last, TOMBSTONE - 1), startFrom: '-1' };
  if (start?.hasStart()) return START;
  return { startAfter: revision - 1, startFrom: String(revision) };
};

const allStart = (store: Store, options: Options) => {
  const start = required(options.getAll());
  if (start.hasEnd()) return { startAfter: store.lastPosition, startFrom: 'C:-1/P:-1' };
  const at = fromUint64(start.getPosition()?.getCommitPosition() ?? '0');
  return start.hasStart() ? { startAfter: 0, startFrom: 'C:0/P:0' } : { startAfter: at - 1, startFrom: `C:${at}/P:${at}` };
};

/** The filter of a new group on `$all`, checked now so that no group is kept that could not run. */
const filterIn = (options: Options) => {
  const all = options.getAll();
  const filter = all && 'getFilter' in all ? all.getFilter() : undefined;
  if (!filter) return undefined;
  const expression = parseExpression(filter);
  filterOf(expression);
  return expression;
};

const described = (store: Store, options: Options) => {
  const all = options.hasAll();
  const stream = all ? ALL : streamNameOf(options.getStream()?.getStreamIdentifier() ?? options.getStreamIdentifier());
  const name = options.getGroupName();
  if (!stream || !name) throw new InvalidRequest('A persistent subscription needs a stream and the name of its group.');
  const settings: GroupSettings = {
    ...parseSettings(required(options.getSettings())), filter: filterIn(options),
    ...(all ? allStart(store, options) : streamStart(store, stream, options)),
  };
  return { stream, name, settings };
};

const list = (groups: Groups, options: Persistent.ListReq.Options) => {
  const of = options.getListForStream();
  const stream = of && (of.hasAll() ? ALL : streamNameOf(of.getStream()));
  const infos = groups.list(stream).map(({ stream: on, name }) => subscriptionInfo(groups, on, name));
  return new persistent.ListResp().setSubscriptionsList(infos);
};

/** The calls that manage persistent subscriptions; reading from them is in group-read.ts. */
export const groupCalls = (store: Store, groups: Groups) => ({
  create: unary((request: Persistent.CreateReq) => {
    const { stream, name, settings } = described(store, required(request.getOptions()));
    groups.create(stream, name, settings);
    return new persistent.CreateResp();
  }),
  update: unary((request: Persistent.UpdateReq) => {
    const { stream, name, settings } = described(store, required(request.getOptions()));
    groups.update(stream, name, settings);
    return new persistent.UpdateResp();
  }),
  delete: unary(async (request: Persistent.DeleteReq) => {
    const options = required(request.getOptions());
    await groups.delete(sourceName(options), options.getGroupName());
    return new persistent.DeleteResp();
  }),
  getInfo: unary((request: Persistent.GetInfoReq) => {
    const options = required(request.getOptions());
    return new persistent.GetInfoResp().setSubscriptionInfo(subscriptionInfo(groups, sourceName(options), options.getGroupName()));
  }),
  list: unary((request: Persistent.ListReq) => list(groups, required(request.getOptions()))),
  replayParked: unary((request: Persistent.ReplayParkedReq) => {
    const options = required(request.getOptions());
    groups.replay(sourceName(options), options.getGroupName(), options.hasStopAt() ? fromUint64(options.getStopAt()) : TOMBSTONE);
    return new persistent.ReplayParkedResp();
  }),
  restartSubsystem: unary(() => {
    groups.restart();
    return new shared.Empty();
  }),
});
