import type { Hono } from 'hono';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { tokenOf } from '@shotlog/kernel/tokens';
import type { Health, OwnParts } from './own.ts';

export const VERSION = '0.1.0';

type State = Awaited<ReturnType<OwnParts['health']>>;

/** The five parts that clients of the API ask after; the broker and the workers stand for what Zou has instead. */
const parts = (health: State): Record<string, boolean> => {
  const up = (name: string) => health.services.find((s: Health) => s.name === name)?.up ?? false;
  return { 'database-up': health.database, 'key-value-store-up': health.log, 'event-stream-up': health.broker, 'job-queue-up': up('playlists'), 'indexer-up': up('breakdown') };
};

const processorShares = (): number[] => cpus().map(({ times }) => {
  const all = times.user + times.nice + times.sys + times.idle + times.irq;
  return all === 0 ? 0 : Math.round(1_000 * (1 - times.idle / all)) / 10;
});

/** How the installation is, as monitors ask. `name` is the API that is spoken, `server` who speaks it. */
export const statusRoutes = (app: Hono, own: OwnParts): void => {
  app.get('/status', async (c) => {
    const health = await own.health();
    return c.json({ name: 'Zou', server: 'Shotlog', version: VERSION, ...parts(health), services: health.services }, health.services.every((s) => s.up) ? 200 : 503);
  });
  app.get('/status.txt', async (c) => {
    const health = await own.health();
    const lines = Object.entries(parts(health)).map(([name, up]) => `${name}: ${up ? 'up' : 'down'}`);
    return c.body([`name: Zou`, `server: Shotlog`, `version: ${VERSION}`, ...lines, ''].join('\n'), 200, { 'content-type': 'text' });
  });
  app.get('/status/influx', async (c) => {
    const flags = Object.entries(parts(await own.health())).map(([name, up]) => [name, up ? 1 : 0]);
    return c.json({ ...Object.fromEntries(flags), time: Date.now() / 1_000 });
  });
  app.get('/status/resources', (c) => {
    const [one, five, ten] = loadavg();
    const [total, available] = [totalmem(), freemem()];
    return c.json({ date: new Date().toISOString().slice(0, 19), cpu: { percent: processorShares(), loadavg: { 'last 1 min': one, 'last 5 min': five, 'last 10 min': ten } },
      memory: { total, used: total - available, available, percent: Math.round(1_000 * (1 - available / total)) / 10 }, jobs: { running_jobs: 0 } });
  });
  app.get('/status/test-event', (c) => {
    own.publish('main:test', { data: { test: 'test' } });
    return c.json({ success: true });
  });
  app.get('/stats', (c) => stats(own, c.req.raw.headers));
};

/** Counts of previews and comments, for admins: each from the service that keeps them. */
const stats = async (own: OwnParts, headers: Headers): Promise<Response> => {
  const asked = await Promise.all(['files', 'tasks'].map((service) => own.port(service).ask({
    route: 'GET /internal/stats', params: {}, search: '', token: tokenOf(headers), headers: new Headers(), body: null, after: null })));
  const refused = asked.find((a) => a.status !== 200);
  if (refused) return new Response(refused.body as BodyInit, { status: refused.status, headers: refused.headers });
  const texts = await Promise.all(asked.map((a) => new Response(a.body as BodyInit).json() as Promise<object>));
  return Response.json(Object.assign({}, ...texts));
};
