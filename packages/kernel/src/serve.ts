import type { Logger } from 'pino';
import { openCache, Rendition, type AnswerCache } from './cache.ts';
import { Caller } from './caller.ts';
import type { Directory } from './directory.ts';
import type { Engine } from './execute.ts';
import { commandId } from './execute.ts';
import { asDomainError, DomainError } from './errors.ts';
import type { Processes } from './processes.ts';
import { newId } from './ids.ts';
import type { Projector } from './projector.ts';
import { streamed } from './streamed.ts';
import { nameOf, Rendered, Reply, type HandlerRoute, type QueryContext, type QueryRoute, type Request, type Route } from './route.ts';
import type { Tokens } from './tokens.ts';

/** What the gateway asks of a service: a route by its name, with what the client sent. */
export type Ask = {
  /** `GET /data/shots/{shot_id}`. */
  route: string;
  params: Record<string, string>;
  /** The query string, without the question mark. */
  search: string;
  token: string | null;
  headers: Headers;
  body: ReadableStream<Uint8Array> | null;
  /** The position that the answer must have seen; null for any. */
  after: bigint | null;
};

export type Answer = { status: number; headers: Record<string, string>; body: string | Uint8Array | ReadableStream<Uint8Array> | null };

/** How the gateway and other services reach a service's queries: in the same process or over HTTP. */
export type Port = { ask(ask: Ask): Promise<Answer> };

/**
 * What a reply to a write tells that its caller has seen: besides what was written what the service's processes made of it meanwhile, so that
 * other services are asked for that too.
 */
export const seenBy = (projector: Pick<Projector, 'position'>, written: bigint): bigint => {
  const known = projector.position();
  return known !== null && known > written ? known : written;
};

/** How long a read waits for what the caller has written before it answers with what there is. */
const WAIT_MS = 3_000;

export type Server = Port & { cache: AnswerCache };

/** Answers a service's queries and uploads from its read model. */
export const openServer = (options: {
  routes: Route[]; tokens: Tokens; directory: Directory; engine: Engine; projector: Projector; logger: Logger; processes: Pick<Processes, 'sweptBy'>;
}): Server => {
  const cache = openCache();
  const running = new Map<string, Promise<Answer>>();
  /** Routes whose answers were kept before: only for those is it worth to wait for somebody else's. */
  const keeps = new Set<string>();
  const routes = new Map<string, QueryRoute | HandlerRoute>();
  for (const r of options.routes) {
    if (!('command' in r)) routes.set(nameOf(r), r);
    else if (r.form) routes.set(nameOf(r), { method: r.method, path: r.path, summary: r.summary, access: r.access, open: r.open, status: r.status, ...r.form });
  }

  const callerOf = async (token: string | null, open: boolean | undefined): Promise<Caller> => {
    if (open && !token) return ANYBODY;
    try {
      return await options.directory.caller(await options.tokens.verify(token));
    } catch (error) {
      if (open) return ANYBODY;
      throw error;
    }
  };

  const contextOf = (r: Route, caller: Caller, ask: Ask, request: Request, keep: QueryContext['keep']): QueryContext => {
    const key = ask.headers.get('idempotency-key');
    const written = { position: null as bigint | null };
    const context = options.engine.context({ caller, command_id: commandId(nameOf(r), caller, key),
      correlation_id: ask.headers.get('x-request-id') ?? newId(), causation_id: null }, written);
    return Object.assign(context, { request, keep, written, sweptBy: options.processes.sweptBy }) as QueryContext & { written: typeof written };
  };

  const answer = async (r: QueryRoute | HandlerRoute, ask: Ask): Promise<Answer> => {
    const late = ask.after !== null && !(await options.projector.reached(ask.after, WAIT_MS));
    const caller = await callerOf(ask.token, r.open);
    const request: Request = { method: r.method, params: ask.params, search: new URLSearchParams(ask.search), headers: ask.headers, body: undefined, stream: ask.body };
    r.policy(caller, request);
    const extra: Record<string, string> = late ? { 'x-log-behind': '1' } : {};
    const url = 'ask' in r ? `${r.path} ${JSON.stringify(ask.params)}?${ask.search}` : null;
    if (url === null) return compute(r, ask, caller, request, extra, null);
    const key = `${caller.id} ${url}`;
    let kept = cache.find(url, caller);
    // The same question of the same caller, asked at this moment: what comes of it serves both, where it can be kept.
    const first = !kept && keeps.has(nameOf(r)) ? running.get(key) : undefined;
    if (first) {
      await first.catch(() => {});
      kept = cache.find(url, caller);
    }
    if (kept) return coded(kept, ask.headers, extra);
    const work = compute(r, ask, caller, request, extra, url);
    running.set(key, work);
    return work.finally(() => { if (running.get(key) === work) running.delete(key); });
  };

  const compute = async (r: QueryRoute | HandlerRoute, ask: Ask, caller: Caller, request: Request, extra: Record<string, string>, url: string | null): Promise<Answer> => {
    const mark = cache.mark();
    let keeping: { on: string[]; per: 'anyone' | 'role' | 'person' } | null = null;
    const context = contextOf(r, caller, ask, request, (on, per) => { keeping = { on, per }; });
    const result = 'ask' in r ? await r.ask(context) : await r.handle(context);
    const { position } = (context as unknown as { written: { position: bigint | null } }).written;
    if (position !== null) extra['x-log-position'] = String(seenBy(options.projector, position));
    if (result instanceof Reply) return { status: result.status, headers: { ...result.headers, ...extra }, body: result.body };
    const status = 'handle' in r ? r.status : 200;
    if (result instanceof Rendered && result.pieces) return { ...streamed(result.pieces, ask.headers, extra), status };
    if (status === 204) return { status, headers: { 'content-type': 'text/html; charset=utf-8', ...extra }, body: null };
    const rendition = new Rendition(Buffer.from(result instanceof Rendered ? result.text : JSON.stringify(result)));
    const how = keeping as { on: string[]; per: 'anyone' | 'role' | 'person' } | null;
    if (url !== null && how) {
      keeps.add(nameOf(r));
      cache.keep(url, caller, how.on, how.per, mark, rendition);
    }
    return { ...(await coded(rendition, ask.headers, extra)), ...(status === 200 ? {} : { status }) };
  };

  return {
    cache,
    async ask(ask) {
      try {
        const r = routes.get(ask.route);
        if (!r) throw new DomainError('NotFound', `This service does not answer ${ask.route}.`);
        return await answer(r, ask);
      } catch (error) {
        const known = asDomainError(error);
        if (known) return { status: known.status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(known.body()) };
        options.logger.error({ err: error, route: ask.route }, 'a request failed');
        return { status: 500, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ error: true, message: 'Something went wrong here; it was noted.' }) };
      }
    },
  };
};

/** What an open route sees where no token came: nobody, who may do nothing else. */
const ANYBODY = new Caller({ id: null, role: 'client' });

const coded = async (rendition: Rendition, headers: Headers, extra: Record<string, string>): Promise<Answer> => {
  if (headers.get('if-none-match') === rendition.etag) return { status: 304, headers: { etag: rendition.etag, ...extra }, body: null };
  const { body, coding } = await rendition.coded(headers.get('accept-encoding') ?? '');
  return {
    status: 200, body,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), etag: rendition.etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding',
      ...(coding ? { 'content-encoding': coding } : {}), ...extra },
  };
};
