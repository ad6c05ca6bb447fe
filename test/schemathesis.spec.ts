import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleProduction } from './production.ts';
import { configOf, LEFT_OUT, missing, poolsOf, schemathesis } from './schemathesis.ts';
import { startStudio, type Studio } from './studio.ts';

const reason = await missing();
/** Cases for each operation, and where they start from: the same ones in every run unless somebody says otherwise. */
const examples = process.env.SCHEMATHESIS_EXAMPLES ?? '2';
const seed = process.env.SCHEMATHESIS_SEED ?? '1';
const phases = process.env.SCHEMATHESIS_PHASES ?? 'fuzzing';
const CHECKS = 'not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance';

let studio: Studio;
let folder: string;
let url: string;
let token: string;
let operations: string[];

beforeAll(async () => {
  if (reason) return;
  folder = await mkdtemp(join(tmpdir(), 'shotlog-schemathesis-'));
  studio = await startStudio();
  const admin = await studio.signIn();
  const person = await admin.must('POST', '/data/persons', { first_name: 'Some', last_name: 'Body', email: 'some.body@studio.test', role: 'user' });
  await sampleProduction(admin, person.id);
  const document = await admin.must('GET', '/openapi.json');
  operations = Object.entries<any>(document.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  await writeFile(join(folder, 'schemathesis.toml'), configOf(document, await poolsOf(admin, document)));
  [url, token] = [`${studio.base}/openapi.json`, admin.token!];
});
afterAll(async () => {
  await studio?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Only or all but what deletes: everything else is asked while there is something to ask for. */
const pass = async (deleting: boolean) => {
  const { code, output } = await schemathesis({ config: join(folder, 'schemathesis.toml'), url, token, folder, arguments: ['--phases', phases, '--checks', CHECKS, '--max-examples', examples, '--seed', seed,
    '--generation-database', 'none', '--no-shrink', '--workers', '2', '--suppress-health-check', 'all', deleting ? '--include-method' : '--exclude-method', 'DELETE'] });
  if (code !== 0) console.error(output);
  return { code, tested: Number(/Tested: (\d+)/.exec(output)?.[1] ?? 0) };
};
/** Of a few operations no case may come up among so few that the generator's own limits let through. */
const ALL_BUT = 0.99;
const count = (deleting: boolean) => operations.filter((name) => name.startsWith('DELETE ') === deleting && !(name in LEFT_OUT)).length;

describe('the document, as Schemathesis reads it', () => {
  it('leaves out only operations that there are', (context) => {
    if (reason) return context.skip(reason);
    expect(Object.keys(LEFT_OUT).filter((name) => !operations.includes(name))).toEqual([]);
  });

  it('is kept by every operation that deletes nothing, whatever is sent', async (context) => {
    if (reason) return context.skip(reason);
    const { code, tested } = await pass(false);
    expect(code).toBe(0);
    expect(tested).toBeGreaterThanOrEqual(Math.floor(ALL_BUT * count(false)));
  }, 7_200_000);

  it('is kept by every operation that deletes', async (context) => {
    if (reason) return context.skip(reason);
    const { code, tested } = await pass(true);
    expect(code).toBe(0);
    expect(tested).toBeGreaterThanOrEqual(Math.floor(ALL_BUT * count(true)));
  }, 7_200_000);
});
