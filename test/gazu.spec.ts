import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from './clips.ts';
import { ADMIN, startStudio, type Studio } from './studio.ts';

const run = promisify(execFile);
const python = process.env.SHOTLOG_PYTHON ?? 'python3';
const folder = resolve(import.meta.dirname, 'gazu');
const missing = await run(python, ['-c', 'import gazu, gazu.events']).then(() => null, () => `${python} with the package "gazu" is not here (SHOTLOG_PYTHON)`);

/** What Python tells of one check: what failed, and the functions of gazu that it called and that answered. */
type Told = { file: string; check: string | null; failure: string | null; functions: string[] };

/** The checks of a file by the names of their functions, so that each is a test even where Python is not. */
const checksOf = async (file: string): Promise<string[]> =>
  [...(await readFile(join(folder, `${file}.py`), 'utf8')).matchAll(/^@check\ndef (\w+)\(\):/gm)].map(([, name]) => name!);
const files = (await readdir(folder)).filter((name) => /^check_\w+\.py$/.test(name)).map((name) => name.slice(0, -3)).sort();
const suite = await Promise.all(files.map(async (file) => ({ file, checks: await checksOf(file) })));

/** At least as many functions of gazu are called, in checks that passed. */
const LEAST = 120;
/** What is not called, or must not answer, and why. */
const LEFT_OUT: Record<string, string> = {
  'events.connect_error': "is gazu's own handler of refused connections",
  'files.download_attachment_thumbnail': 'there are no thumbnails of attachments, as in the original',
  'project.create_budget_entry': 'sends no department, without which an entry is refused as by the original',
};

let studios: Studio[] = [];
let scratch: string;
const told = new Map<string, Told>();
let offered: string[] = [];
let output = '';

/** Runs every check against the first studio; the second is what productions are brought to. */
const runChecks = async ([studio, other]: Studio[]): Promise<void> => {
  const clip = join(scratch, 'clip.mp4');
  await writeFile(clip, await makeClip({ seconds: 1, size: '160x90' }));
  const env = { ...process.env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, SHOTLOG_API: studio!.base, SHOTLOG_OTHER_API: other!.base, SHOTLOG_EVENTS: studio!.base.replace(/\/api$/, ''),
    SHOTLOG_CLIP: clip, TMPDIR: scratch, PYTHONDONTWRITEBYTECODE: '1', no_proxy: '*' };
  const { stdout, stderr } = await run(python, [join(folder, 'main.py')], { env, maxBuffer: 1e8, timeout: 580_000 }).catch((error) => error as { stdout: string; stderr: string });
  output = stderr;
  for (const line of stdout.split('\n').filter((text) => text.startsWith('{'))) {
    const one = JSON.parse(line);
    if (one.offered) offered = one.offered;
    else told.set(`${one.file} ${one.check}`, one);
  }
};

beforeAll(async () => {
  if (missing) return;
  scratch = await mkdtemp(join(tmpdir(), 'shotlog-gazu-'));
  studios = await Promise.all([startStudio(), startStudio()]);
  await runChecks(studios);
}, 600_000);
afterAll(async () => {
  await Promise.all(studios.map((studio) => studio.stop()));
  if (scratch) await rm(scratch, { recursive: true, force: true });
});

describe('the Python client gazu, unchanged', () => {
  for (const { file, checks } of suite) {
    describe(file.replace('check_', ''), () => {
      for (const check of checks) {
        it(check.replaceAll('_', ' '), (context) => {
          if (missing) return context.skip(missing);
          const one = told.get(`${file} ${check}`);
          const instead = told.get(`${file} null`)?.failure ?? `was not run: ${output.slice(-2_000)}`;
          expect(one?.failure ?? (one ? null : instead)).toBeNull();
        });
      }
    });
  }

  it(`is called with at least ${LEAST} of its functions, and with all that are not left out for a reason`, (context) => {
    if (missing) return context.skip(missing);
    const called = new Set([...told.values()].filter((one) => one.failure === null).flatMap((one) => one.functions));
    expect(called.size).toBeGreaterThanOrEqual(LEAST);
    expect(offered.filter((name) => !called.has(name))).toEqual(Object.keys(LEFT_OUT).sort());
  });
});
