import { readFileSync } from 'node:fs';
import type { Route } from '@shotlog/kernel';
import type { ServiceDefinition } from '@shotlog/kernel/service';
import { auth } from '@shotlog/auth';
import { breakdown } from '@shotlog/breakdown';
import { budgets } from '@shotlog/budgets';
import { files } from '@shotlog/files';
import { notifications } from '@shotlog/notifications';
import { playlists } from '@shotlog/playlists';
import { tasks } from '@shotlog/tasks';

/** The seven services, whose declarations the gateway mounts. */
export const definitions: ServiceDefinition[] = [auth, breakdown, tasks, files, playlists, budgets, notifications];

/** Routes that the gateway answers itself. */
export const OWN = ['GET /', 'GET /config', 'GET /status', 'GET /status.txt', 'GET /status/influx', 'GET /status/resources', 'GET /status/test-event', 'GET /stats', 'GET /openapi.json', 'GET /data/user/context'];

/** Routes of the documented API that no declaration answers: they answer 501 and stand in no document. */
export const unfinishedRoutes = (mounted: Route[]): { method: string; path: string }[] => {
  const have = new Set([...OWN, ...mounted.map((r) => `${r.method.toUpperCase()} ${r.path}`)]);
  return readFileSync(new URL('./contract-routes.tsv', import.meta.url), 'utf8').trim().split('\n').map((line) => line.split('\t'))
    .filter(([method, path]) => !have.has(`${method} ${path}`)).map(([method, path]) => ({ method: method!, path: path! }));
};
