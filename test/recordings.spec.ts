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

/** The steps of each story that differ on purpose, with the section of docs/differences.md that says why. Every other step agrees. */
const DIFFERENT: Record<string, Record<string, string>> = JSON.parse(await readFile(new URL('./recordings.json', import.meta.url), 'utf8'));

/** The lines of a section of docs/differences.md. */
const section = async (name: string): Promise<string> => {
  const text = await readFile(new URL('../docs/differences.md', import.meta.url), 'utf8');
  return text.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? '';
};

const missing = async (): Promise<string | null> => {
  if (!existsSync(join(oracle, 'exchange.py'))) return 'the recordings of the original API are not beside this checkout (../shared/oracle)';
  return run(python, ['-c', 'import requests']).then(() => null, () => `${python} with the package "requests" is not here (SHOTLOG_PYTHON)`);
};
const reason = await missing();

/** The steps that differ, and what is told of them. */
const differing = async (story: string): Promise<{ steps: string[]; total: number; report: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-story-'));
  const studio = await startStudio();
  try {
    const environment = { ...process.env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, no_proxy: '*' };
    await run(python, [join(oracle, 'exchange.py'), 'record', studio.base, join(folder, 'got.json'), join(oracle, 'stories', `${story}.py`)], { env: environment, maxBuffer: 1e8 });
    const { stdout } = await run(python, [join(oracle, 'exchange.py'), 'compare', join(oracle, 'recordings', `${story}.json`), join(folder, 'got.json')], { maxBuffer: 1e8 }).catch((e) => e);
    const steps = [...stdout.matchAll(/^(\w+)\/(\S+)  [A-Z]+ /gm)].map(([, , step]) => step as string);
    const [, right, total] = /agree: (\d+)\/(\d+)/.exec(stdout)!;
    expect(steps.length, stdout).toBe(Number(total) - Number(right));
    return { steps, total: Number(total), report: stdout };
  } finally {
    await studio.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

describe('steps that differ on purpose', () => {
  it('are told with their reason', async () => {
    for (const [story, steps] of Object.entries(DIFFERENT)) {
      for (const [step, name] of Object.entries(steps)) expect(await section(name), `${story}/${step} in the section "${name}"`).toContain(`\`${story}/${step}\``);
    }
  });
});

describe('stories recorded from the original API', () => {
  for (const [story, different] of Object.entries(DIFFERENT)) {
    const but = Object.keys(different);
    it(`agrees on "${story}"${but.length === 0 ? '' : ` but for ${but.join(', ')}`}`, async (context) => {
      if (reason) return context.skip(reason);
      const { steps, total, report } = await differing(story);
      expect(total).toBeGreaterThan(40);
      expect(steps, report).toEqual(but);
    }, 180_000);
  }
});
