import type { IncomingMessage, ServerResponse } from 'node:http';
import { tokenOf } from '@shotlog/kernel/tokens';
import { isUnrecorded, type Message } from './audience.ts';
import type { Listeners } from './listeners.ts';

const BEAT_MS = 25_000;
/** A reader that is this far behind is let go: it comes back with Last-Event-ID and misses nothing. */
const MOST_BUFFERED_BYTES = 4 * 1024 * 1024;

const asText = ({ name, data, position }: Message): string => `${position ? `id: ${position}\n` : ''}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** The headers of a plain request, as the rest of the gateway knows them. */
export const headersOf = (request: IncomingMessage): Headers => {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  return headers;
};

const refuse = (response: ServerResponse, status: number): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: true, message: status === 503 ? 'A part of Shotlog does not answer. Try again.' : 'A valid token is needed.' }));
};

/**
 * `GET /api/events/stream`: events as they happen, as server-sent events (WHATWG HTML, section 9.2). `id` is the event's position in the
 * log; with `Last-Event-ID` (or `last_event_id` in the query, for who cannot set headers) everything from that position on comes first.
 * What was heard at that very position may come twice; one's own notifications are told live only.
 */
export const openStream = (listeners: Listeners) => async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const token = tokenOf(headersOf(request));
  const listener = await listeners.who(token).catch(() => ({ status: 503 }));
  if ('status' in listener || token === null) return refuse(response, 'status' in listener ? listener.status : 401);
  const last = String(request.headers['last-event-id'] ?? new URL(request.url ?? '/', 'http://x').searchParams.get('last_event_id') ?? '');
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'keep-alive', 'x-accel-buffering': 'no', 'x-content-type-options': 'nosniff' });
  response.write(': welcome\n\n');
  const write = (message: Message) => {
    if (response.writableEnded || response.destroyed) return;
    response.write(asText(message));
    if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
  };
  let held: Message[] | null = [];
  const leave = listeners.join(token, listener, { tell: (m) => (held ? void held.push(m) : write(m)), end: () => response.end() });
  const beat = setInterval(() => void (response.writableEnded || response.write(': still here\n\n')), BEAT_MS);
  response.on('close', () => {
    clearInterval(beat);
    leave();
  });
  let heard = -1n;
  for (let after = /^\d{1,18}$/.test(last) ? String(BigInt(last) - 1n) : null; after !== null && !response.destroyed;) {
    const { events, next } = await listeners.since(token, listener, after);
    for (const message of events) write(message);
    heard = BigInt(next ?? events.at(-1)?.position ?? heard);
    after = next;
  }
  for (const message of held) if (!message.position || isUnrecorded(message) || BigInt(message.position) > heard) write(message);
  held = null;
};
