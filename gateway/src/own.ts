import type { Hono } from 'hono';
import { Rendition } from '@shotlog/kernel/cache';
import { DomainError } from '@shotlog/kernel';
import type { Answer, Port } from '@shotlog/kernel/serve';
import { tokenOf } from '@shotlog/kernel/tokens';
import { docsPage } from './docs-page.ts';
import type { Metrics } from './metrics.ts';
import { errorResponse } from './http.ts';
import { openApi } from './openapi.ts';
import { statusRoutes, VERSION } from './status.ts';
import type { Mounted } from './app.ts';

export { VERSION } from './status.ts';

export type Health = { name: string; position: string | null; failed_events: number; outbox: number; lag: number; up: boolean };

export type OwnParts = {
  routes: Mounted[];
  port: (service: string) => Port;
  services: readonly string[];
  health: () => Promise<{ services: Health[]; database: boolean; log: boolean; broker: boolean }>;
  /** Sends a message to the integrators. */
  publish: (name: string, payload: object) => void;
  /** What clients may know of the installation. */
  config: Record<string, unknown>;
};

/** Routes that the gateway answers by itself. */
export const ownRoutes = (parts: OwnParts) => (app: Hono, metrics: Metrics): void => {
  app.get('/', (c) => c.json({ api: 'Shotlog', version: VERSION }));
  app.get('/config', (c) => c.json(parts.config));
  statusRoutes(app, parts);
  app.get('/metrics', async (c) => c.text(metrics.render((await parts.health()).services), 200, { 'content-type': 'text/plain; version=0.0.4' }));
  let document: string | null = null;
  app.get('/openapi.json', (c) => {
    document ??= JSON.stringify(openApi(parts.routes.map((m) => m.route), VERSION));
    return c.body(document, 200, { 'content-type': 'application/json' });
  });
  app.get('/docs', (c) => c.html(docsPage(parts.routes)));
  app.get('/data/user/context', async (c) => {
    try {
      return await userContext(parts, c.req.raw);
    } catch (error) {
      if (error instanceof DomainError) return errorResponse(error);
      throw error;
    }
  });
};

const merged = new Map<string, Rendition>();

/** Everything that a client shows first: each service answers its part as rendered JSON, and the parts are joined as text. */
const userContext = async (parts: OwnParts, request: Request): Promise<Response> => {
  const token = tokenOf(request.headers);
  const asked = await Promise.all(parts.services.map((service) => parts.port(service).ask({
    route: 'GET /internal/context', params: {}, search: '', token, headers: new Headers(), body: null, after: null })));
  const refused = asked.find((a) => a.status !== 200);
  if (refused) return new Response(refused.body as BodyInit, { status: refused.status, headers: refused.headers });
  const key = asked.map((a) => a.headers.etag).join();
  let rendition = merged.get(key);
  if (!rendition) {
    const texts = await Promise.all(asked.map(textOf));
    rendition = new Rendition(Buffer.from(`{${texts.map((t) => t.trim().slice(1, -1)).filter((t) => t.trim()).join(',')}}`));
    if (merged.size > 500) merged.clear();
    merged.set(key, rendition);
  }
  if (request.headers.get('if-none-match') === rendition.etag) return new Response(null, { status: 304, headers: { etag: rendition.etag } });
  const { body, coding } = await rendition.coded(request.headers.get('accept-encoding') ?? '');
  return new Response(body as unknown as BodyInit, { headers: { 'content-type': 'application/json', etag: rendition.etag, 'cache-control': 'private, no-cache', vary: 'accept-encoding', ...(coding ? { 'content-encoding': coding } : {}) } });
};

const textOf = async (answer: Answer): Promise<string> =>
  answer.body instanceof ReadableStream ? new Response(answer.body).text() : Buffer.from((answer.body ?? '') as Uint8Array).toString();
