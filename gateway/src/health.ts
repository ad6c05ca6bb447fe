import type { Port } from '@shotlog/kernel/serve';
import type { RunningService } from '@shotlog/kernel/service';
import type { Commands } from './commands.ts';
import type { Health } from './own.ts';

/** How each service is: asked directly in one process, over HTTP otherwise. */
export const healthOf = async (names: string[], local: Map<string, RunningService>, port: (service: string) => Port, commands: Commands) => {
  const services = await Promise.all(names.map(async (name): Promise<Health> => {
    const running = local.get(name);
    const status = running ? await running.status() : await remoteStatus(port(name));
    return status ? { ...status, up: true } : { name, position: null, failed_events: 0, outbox: 0, lag: 0, up: false };
  }));
  const broker = !commands.nats.isClosed();
  const up = services.some((s) => s.up);
  return { services, database: up, log: services.some((s) => s.position !== null), broker };
};

const remoteStatus = async (port: Port): Promise<Omit<Health, 'up'> | null> => {
  const answer = await port.ask({ route: 'GET /internal/status', params: {}, search: '', token: null, headers: new Headers(), body: null, after: null });
  if (answer.status !== 200) return null;
  return JSON.parse(await new Response(answer.body as BodyInit).text());
};
