import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { Server } from 'socket.io';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Port } from '@shotlog/kernel/serve';
import { tokenOf } from '@shotlog/kernel/tokens';
import type { Logger } from 'pino';
import type { Positions } from '../positions.ts';
import { openListeners } from './listeners.ts';
import { headersOf, openStream } from './stream.ts';

export type Live = {
  /** Answers what is a request for the stream; false for any other. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  count(): number;
  close(): Promise<void>;
};

const STREAM = /^\/api\/events\/stream\/?(\?|$)/;

/** A page of another site must not listen with a visitor's cookie: what a browser opens comes from this host or from an allowed origin. */
const isOurs = (request: IncomingMessage, origins: string[]): boolean => {
  const { origin, authorization, host } = request.headers;
  if (!origin || authorization || origins.includes(origin)) return true;
  const hosts = [host, request.headers['x-forwarded-host']];
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
};

/**
 * Live events: socket.io at `/socket.io`, namespace `/events`, as Kitsu and gazu.events expect (the message's name is the event's,
 * its one argument the payload), and server-sent events at `/api/events/stream`. Both ask for a token: a bearer or the cookie.
 */
export const openLive = (parts: { server: HttpServer; nats: NatsConnection; port: (service: string) => Port; logger: Logger; origins: string[]; positions: Positions }): Live => {
  const listeners = openListeners(parts);
  const stream = openStream(listeners);
  const io = new Server(parts.server, {
    path: '/socket.io', serveClient: false, allowRequest: (request, answer) => answer(null, isOurs(request, parts.origins)), maxHttpBufferSize: 10_000, ...(parts.origins.length > 0 ? { cors: { origin: parts.origins, credentials: true } } : {}),
  });
  const events = io.of('/events');
  events.use((socket, next) => {
    const headers = headersOf(socket.request);
    const given = socket.handshake.auth?.token;
    const token = tokenOf(headers) ?? (typeof given === 'string' ? given : null);
    listeners.who(token).then((listener) => {
      if ('status' in listener || token === null) return next(new Error('A valid token is needed.'));
      socket.data = { token, listener };
      next();
    }, () => next(new Error('A part of Shotlog does not answer. Try again.')));
  });
  events.on('connection', (socket) => {
    const leave = listeners.join(socket.data.token, socket.data.listener, { tell: ({ name, data }) => void socket.emit(name, data), end: () => void socket.disconnect(true) });
    socket.on('disconnect', leave);
  });
  return {
    handle(request, response) {
      if (request.method !== 'GET' || !STREAM.test(request.url ?? '')) return false;
      void stream(request, response).catch((error) => {
        parts.logger.warn({ err: error }, 'a stream of events broke');
        response.destroy();
      });
      return true;
    },
    count: () => listeners.count(),
    async close() {
      listeners.close();
      io.disconnectSockets(true);
      // `io.close()` would end the HTTP server as well, which its owner does.
      io.engine.close();
    },
  };
};
