import type { z } from 'zod';
import type { AnswerDoc } from './answers.ts';
import type { Audience } from './access.ts';
import type { Caller } from './caller.ts';
import { NotFound } from './errors.ts';
import { opened, type CommandDefinition, type Context, type Declaration } from './command.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** One request as handlers see it. */
export type Request = {
  method: Method;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
  /** The query string; `getAll` for what is given several times. */
  search: URLSearchParams;
  headers: Headers;
  /** The parsed JSON body of a command; undefined for queries. */
  body: unknown;
  /** The address that the request came from, as the gateway saw it; commands only. */
  address?: string;
  /** The body's bytes, for uploads. */
  stream: ReadableStream<Uint8Array> | null;
};

/** An answer that is more than a JSON body. `body` may be text, bytes or a stream. */
export class Reply {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array | ReadableStream<Uint8Array> | null;
  constructor(status: number, headers: Record<string, string>, body: Reply['body']) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** JSON that a query has rendered as text already. @throws NotFound (404) for no text: what was found a moment ago is gone. */
export class Rendered {
  readonly text: string;
  /** The whole answer piece by piece, where it is too long for one text; `text` is empty then. */
  readonly pieces: AsyncIterable<string> | null;
  constructor(text: string | null, pieces: AsyncIterable<string> | null = null) {
    if (text === null) throw new NotFound();
    this.text = text;
    this.pieces = pieces;
  }
}

export type QueryContext = Context & {
  request: Request;
  /**
   * Says what the answer depends on, which lets the service keep its bytes until one of these changes: ids of productions,
   * 'studio' for what belongs to none. Without it an answer is kept until anything changes. `each` set: only for this caller;
   * 'role': for all with the caller's role. The policy always runs first.
   */
  keep(on: string[], per: 'anyone' | 'role' | 'person'): void;
  /**
   * Runs work that leaves something behind which no fact names yet (an upload). When it is cut off, by a kill say, `command`, one of this
   * service's that spans streams, is run with `input` soon after, by whoever is there then: it takes away what no fact names.
   */
  sweptBy<T>(command: CommandDefinition, input: unknown, work: () => Promise<T>): Promise<T>;
};

/** A query parameter that is more than a text. */
export type QueryParameter = { description: string; schema: Record<string, unknown> };

type Common = {
  method: Method;
  /** Below `/api`, as in the API reference: `/data/shots/{shot_id}`. */
  path: string;
  summary: string;
  description?: string;
  /** The body's schema as documented, where it is not the command's own. */
  body?: z.ZodType;
  /** What the form holds, for routes that take files. */
  upload?: z.ZodType;
  /** Documented query parameters, by name. */
  query?: Record<string, string | QueryParameter>;
  /** Parameters of the path that are more than their name says (`…_id` is an id, everything else a text). */
  params?: Record<string, z.ZodType>;
  /** What is answered, by status; an empty body with null. */
  answers?: Record<number, AnswerDoc>;
  /** Who may call it. */
  access: Audience;
  /** No token is asked for. */
  open?: boolean;
  /** The service whose code answers, when it is not the one that declares it. */
  tag?: string;
};

/** A route that sends a command. `input` makes the command of the request; by default path parameters and body together. */
export type CommandRoute = Common & {
  command: CommandDefinition;
  status: number;
  input?: (request: Request) => unknown;
  /** Turns the command's answer into more than a JSON body (cookies, say). Runs in the gateway: pure. */
  reply?: (answer: any, request: Request) => Reply | unknown;
  /** The same, sent as a form with files (multipart/form-data): handled as by a route with `handle`. */
  form?: Pick<HandlerRoute, 'policy' | 'handle'>;
};

/** A route that asks a read model. The result is JSON, `Rendered` JSON or a whole `Reply`. */
export type QueryRoute = Common & {
  method: 'get';
  policy: (caller: Caller, request: Request) => void;
  ask: (context: QueryContext) => Promise<unknown> | unknown;
};

/** A route that takes or gives bytes, or whose method changes things by several steps with the request at hand (uploads). */
export type HandlerRoute = Common & {
  policy: (caller: Caller, request: Request) => void;
  handle: (context: QueryContext) => Promise<unknown>;
  status: number;
};

export type Route = CommandRoute | QueryRoute | HandlerRoute;

/** A route as it is written down: what `access` says needs no policy. */
export type RouteDeclaration =
  /** `access`: where other people may send the command by this route than by others. What the command says is enforced. */
  (Omit<CommandRoute, 'form' | 'access' | 'open'> & { access?: Audience; form?: Declaration<NonNullable<CommandRoute['form']>> })
  | Declaration<QueryRoute> | Declaration<HandlerRoute>;

/** `access`, for what the path names, before what else is asked of the caller. */
const asked = ({ access, policy }: { access: Audience; policy?: QueryRoute['policy'] }): QueryRoute['policy'] => (caller, request) => {
  access.check(caller, request.params);
  policy?.(caller, request);
};

/** Declares a route. `401`, `403`, `404`, `400` and `409` are documented for every route. */
export const route = (declared: RouteDeclaration): Route => {
  if (!('command' in declared)) return { ...declared, ...opened(declared), policy: asked(declared) } as Route;
  const access = declared.access ?? declared.command.access;
  const { form } = declared;
  return { ...declared, ...opened({ access }), access, ...(form ? { form: { ...form, policy: asked({ access, policy: form.policy }) } } : {}) } as Route;
};

/** Whether a request's body is a form with files. */
export const isForm = (headers: Headers): boolean => (headers.get('content-type') ?? '').toLowerCase().startsWith('multipart/form-data');

/** `GET /data/shots/{shot_id}`: how a route is named between gateway and services. */
export const nameOf = (r: { method: string; path: string }): string => `${r.method.toUpperCase()} ${r.path}`;
