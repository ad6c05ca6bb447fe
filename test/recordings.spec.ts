import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ADMIN, startStudio } from './studio.ts';

const run = promisify(execFile);
const oracle = resolve(import.meta.dirname, '../../shared/oracle');
const python = process.env.SHOTLOG_PYTHON ?? 'python3';

/**
 * What each story must keep agreeing with, in steps: what stood when it was last raised. Whatever differs on purpose is told in
 * docs/differences.md; the rest is work to do.
 */
const AGREE: Record<string, number> = JSON.parse(await readFile(new URL('./recordings.json', import.meta.url), 'utf8'));

const missing = async (): Promise<string | null> => {
  if (!existsSync(join(oracle, 'exchange.py'))) return 'the recordings of the original API are not beside this checkout (../shared/oracle)';
  return run(python, ['-c', 'import requests']).then(() => null, () => `${python} with the package "requests" is not here (SHOTLOG_PYTHON)`);
};
const reason = await missing();

const agreement = async (story: string): Promise<{ right: number; total: number; report: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-story-'));
  const studio = await startStudio();
  try {
    const environment = { ...process.env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, no_proxy: '*' };
    await run(python, [join(oracle, 'exchange.py'), 'record', studio.base, join(folder, 'got.json'), join(oracle, 'stories', `${story}.py`)], { env: environment, maxBuffer: 1e8 });
    const { stdout } = await run(python, [join(oracle, 'exchange.py'), 'compare', join(oracle, 'recordings', `${story}.json`), join(folder, 'got.json')], { maxBuffer: 1e8 }).catch((e) => e);
    const [, right, total] = /agree: (\d+)\/(\d+)/.exec(stdout)!;
    return { right: Number(right), total: Number(total), report: stdout };
  } finally {
    await studio.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

describe('stories recorded from the original API', () => {
  for (const [story, wanted] of Object.entries(AGREE)) {
    it(`agrees on "${story}" in at least ${wanted} steps`, async (context) => {
      if (reason) return context.skip(reason);
      const { right, total, report } = await agreement(story);
      if (right < wanted) console.error(report);
      expect(right, `${right} of ${total} steps of ${story} agree`).toBeGreaterThanOrEqual(wanted);
    }, 180_000);
  }
});
