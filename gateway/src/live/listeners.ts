import type { Port } from '@shotlog/kernel/serve';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import type { Positions } from '../positions.ts';
import { changesAudience, mayHear, type Listener, type Message } from './audience.ts';

/** Ends a connection whose person may not listen any more. */
export type Ending = { status: number };
export type Ear = { tell: (message: Message) => void; end: (why: Ending) => void };

/** Nothing is told for longer than this to somebody whose sign-in was ended without a message. */
const LOOK_AGAIN_MS = 60_000;

type Connection = Ear & { token: string; listener: Listener; due: number; waiting: Promise<void> };

/** All who listen through this gateway. */
export type Listeners = {
  /** Who the token is of, as of a position of the log or else of the last write that this gateway knows of. Answers the status (401, 422, 503) where it is nobody's. */
  who(token: string | null, after?: string): Promise<Listener | Ending>;
  /** Tells every message that the person may hear, in order, until the returned function is called. */
  join(token: string, listener: Listener, ear: Ear): () => void;
  /** What was told after a position, oldest first, a page at a time; `next` is where the next one starts, null behind the last. */
  since(token: string, listener: Listener, after: string): Promise<{ events: Message[]; next: string | null }>;
  count(): number;
  close(): void;
};

const asListener = (body: any): Listener => ({ ...body, projects: new Set<string>(body.projects) });

/** Hears every event on NATS (their subjects are one word, commands' are several) and passes each on to who may hear it. */
export const openListeners = ({ nats, port, logger, positions }: { nats: NatsConnection; port: (service: string) => Port; logger: Logger; positions: Positions }): Listeners => {
  const connections = new Set<Connection>();
  const ask = (token: string | null, route: string, search: string, after = '') =>
    port('notifications').ask({ route, params: {}, search, token, headers: new Headers(), body: null, after: after === '' ? null : BigInt(after) });
  const read = async (body: unknown): Promise<any> => JSON.parse(await new Response(body as BodyInit).text());

  // Somebody's teams may change between asking who they are and joining.
  let changes = 0;
  const askedAt = new WeakMap<Listener, number>();
  const who: Listeners['who'] = async (token, after = String(positions.wanted(new Headers()) ?? '')) => {
    const asked = changes;
    const { status, body } = await ask(token, 'GET /internal/listener', '', after);
    if (status !== 200) return { status };
    const listener = asListener(await read(body));
    askedAt.set(listener, asked);
    return listener;
  };
  const lookAgain = async (one: Connection, after?: string): Promise<void> => {
    const found = await who(one.token, after).catch(() => ({ status: 503 }));
    if ('status' in found) {
      // A service that does not answer now says nothing about the person.
      if (found.status >= 500) return;
      connections.delete(one);
      return one.end(found);
    }
    one.listener = found;
    one.due = Date.now() + LOOK_AGAIN_MS;
  };
  const tell = (message: Message): void => {
    for (const one of connections) {
      if (changesAudience(message) || one.due < Date.now()) one.waiting = one.waiting.then(() => lookAgain(one, message.position));
      one.waiting = one.waiting.then(() => {
        if (connections.has(one) && mayHear(one.listener, message)) one.tell(message);
      }).catch((error) => logger.warn({ err: error }, 'a live event was not told'));
    }
  };

  // What was heard before somebody joined must be in what they are given of the past.
  let heard = -1n;
  const subscription = nats.subscribe('*', { callback: (error, m) => {
    if (error || !m.subject.includes(':')) return;
    const position = m.headers?.get('Shotlog-Position') ?? '';
    if (/^\d{1,18}$/.test(position) && BigInt(position) > heard) heard = BigInt(position);
    if (changesAudience({ name: m.subject })) changes += 1;
    if (connections.size === 0) return;
    try {
      tell({ name: m.subject, data: m.json<Record<string, unknown>>() ?? {}, position: /^\d{1,18}$/.test(position) ? position : '' });
    } catch (cause) {
      logger.warn({ err: cause, subject: m.subject }, 'an event on NATS is no JSON');
    }
  } });
  const ticking = setInterval(() => {
    for (const one of connections) if (one.due < Date.now()) one.waiting = one.waiting.then(() => lookAgain(one));
  }, LOOK_AGAIN_MS).unref();

  return {
    who,
    join(token, listener, ear) {
      const one: Connection = { ...ear, token, listener, due: Date.now() + LOOK_AGAIN_MS, waiting: Promise.resolve() };
      connections.add(one);
      if (askedAt.get(listener) !== changes) one.waiting = lookAgain(one, heard < 0n ? '' : String(heard));
      return () => void connections.delete(one);
    },
    async since(token, listener, after) {
      const { status, body } = await ask(token, 'GET /internal/events', `after=${after}`, heard < 0n ? '' : String(heard));
      if (status !== 200) throw new Error(`what was told before is not there (${status})`);
      const { events, next } = await read(body);
      return { events: events.filter((message: Message) => mayHear(listener, message)), next };
    },
    count: () => connections.size,
    close() {
      clearInterval(ticking);
      subscription.unsubscribe();
      for (const one of connections) one.end({ status: 503 });
      connections.clear();
    },
  };
};
