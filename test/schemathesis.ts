import { execFile, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from './studio.ts';

/** The program beside the Python that tests use, or the one on PATH. */
const program = process.env.SHOTLOG_PYTHON ? join(dirname(process.env.SHOTLOG_PYTHON), 'schemathesis') : 'schemathesis';

/** Why it cannot be run here; null when it can. */
export const missing = (): Promise<string | null> =>
  promisify(execFile)(program, ['--version']).then(() => null, () => `${program} is not here (SHOTLOG_PYTHON names a Python that has the package schemathesis)`);

/** What would end the session that asks, or take away what all later requests stand on. */
export const LEFT_OUT: Record<string, string> = {
  'GET /api/auth/logout': 'ends the session that asks',
  'DELETE /api/data/organisations/{instance_id}': 'the studio has one organisation, and every answer stands on it',
};

/** Ids of things that are there, by the `type` that the API answers them with. */
export type Pools = Record<string, string[]>;

const harvest = (value: unknown, into: Map<string, Set<string>>): void => {
  if (Array.isArray(value)) return value.forEach((v) => harvest(v, into));
  if (typeof value !== 'object' || value === null) return;
  const { id, type } = value as { id?: unknown; type?: unknown };
  if (typeof id === 'string' && typeof type === 'string') into.set(type, (into.get(type) ?? new Set()).add(id));
  Object.values(value).forEach((v) => harvest(v, into));
};

/** Asks every list that needs no parameter. Who asks is left out: a session must outlive what is tried on persons. */
export const poolsOf = async (admin: Client, document: any): Promise<Pools> => {
  const found = new Map<string, Set<string>>();
  const me = (await admin.must('GET', '/auth/authenticated')).user.id;
  for (const [path, methods] of Object.entries<any>(document.paths)) {
    if (!methods.get || !path.startsWith('/api/data/') || path.includes('{')) continue;
    const { status, body } = await admin.get(path.slice('/api'.length));
    if (status === 200) harvest(body, found);
  }
  return Object.fromEntries([...found].map(([type, ids]) => [type, [...ids].filter((id) => id !== me)]).filter(([, ids]) => ids!.length > 0));
};

const OTHER_NAMES: Record<string, string> = { entity: 'Shot', temporal_entity: 'Shot', asset_type: 'AssetType', filter: 'SearchFilter', filter_group: 'SearchFilterGroup', entry: 'BudgetEntry', file: 'WorkingFile' };
const typeOf = (parameter: string): string => {
  const name = parameter.replace(/_id$/, '');
  return OTHER_NAMES[name] ?? name.split('_').map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
};

/** What `{instance_id}` of a path is an id of, by what is answered there. */
const instanceType = (methods: any): string | null => {
  for (const method of ['get', 'put', 'post']) {
    const responses = methods[method]?.responses ?? {};
    const reference = (responses[200] ?? responses[201])?.content?.['application/json']?.schema?.$ref;
    if (reference) return { Entity: 'Shot' }[reference.split('/').at(-1) as string] ?? reference.split('/').at(-1);
  }
  return null;
};

const WORDS = { year: '2026', month: '6', day: '1', week: '20', date: '2026-06-01', month_date: '2026-06', extension: 'png' };

/** The configuration of a run: where a parameter wants an id, one of a thing that is there, mostly. */
export const configOf = (document: any, pools: Pools): string => {
  const dictionaries = Object.entries(pools).map(([type, ids]) => `[dictionaries.${type}]\nvalues = ${JSON.stringify(ids.slice(0, 20))}`);
  const names = new Set(Object.keys(document.paths).flatMap((path) => [...path.matchAll(/\{([a-z_]+)\}/g)].map((m) => m[1]!)));
  const bound = (type: string) => `{ dictionary = "${type}", probability = 0.85 }`;
  const parameters = [...names].filter((name) => pools[typeOf(name)]).flatMap((name) => [`path.${name}`, `query.${name}`, `body.${name}`, `body.[*].${name}`].map((place) => `"${place}" = ${bound(typeOf(name))}`));
  const words = Object.entries(WORDS).map(([name, value]) => `"path.${name}" = ${JSON.stringify(value)}`);
  const operations = Object.entries<any>(document.paths).flatMap(([path, methods]) => {
    const type = path.includes('{instance_id}') ? instanceType(methods) : null;
    return type && pools[type] ? [`[[operations]]\ninclude-path = ${JSON.stringify(path)}\n[operations.parameters]\n"path.instance_id" = ${bound(type)}`] : [];
  });
  // It would follow every id of every answer to every parameter of that name: 87,000 ways, most of which lead nowhere.
  const links = '[phases.stateful.inference]\nalgorithms = []';
  return [...dictionaries, '[parameters]', ...parameters, ...words, links, ...operations, ''].join('\n');
};

/** `folder` is where the program may leave what it likes to keep. */
export type Run = { config: string; url: string; token: string; folder: string; arguments: string[] };

/** Runs it to its end; answers its exit code and what it said. */
export const schemathesis = ({ config, url, token, folder, arguments: more }: Run): Promise<{ code: number | null; output: string }> => new Promise((resolve, reject) => {
  const left = Object.keys(LEFT_OUT).flatMap((name) => ['--exclude-name', name]);
  const child = spawn(program, ['--config-file', config, 'run', url, '-H', `Authorization: Bearer ${token}`, '--no-color', '--continue-on-failure', ...left, ...more],
    { cwd: folder, env: { ...process.env, no_proxy: '*' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => { output += chunk; });
  child.stderr.on('data', (chunk) => { output += chunk; });
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, output }));
});
