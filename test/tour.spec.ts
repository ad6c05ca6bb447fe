import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, startStudio, type Studio } from './studio.ts';

const run = promisify(execFile);
const python = process.env.SHOTLOG_PYTHON ?? 'python3';
const readme = await readFile(resolve(import.meta.dirname, '../README.md'), 'utf8');

/** A block of the README that is marked as part of the tour, for the server under test. */
const block = (language: string, base: string): string =>
  new RegExp(`<!-- tour: ${language} -->\\n\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(readme)![1]!.replaceAll('http://localhost:8080/api', base);

let studio: Studio;
const environment = { ...process.env, ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password, no_proxy: '*' };
beforeAll(async () => { studio = await startStudio(); });
afterAll(() => studio?.stop());

describe('the tour of the README', () => {
  it('does with curl what it says', async () => {
    const { stdout } = await run('bash', ['-e', '-o', 'pipefail', '-c', block('bash', studio.base)], { env: environment });
    expect(stdout).toContain('On it');
    expect(stdout).toContain('SH010');
  });

  it('does the same with gazu', async (context) => {
    const without = await run(python, ['-c', 'import gazu']).then(() => null, () => `${python} with the package "gazu" is not here (SHOTLOG_PYTHON)`);
    if (without) return context.skip(without);
    const { stdout } = await run(python, ['-c', block('python', studio.base)], { env: environment });
    expect(stdout).toContain("'SH010', 'SH020'");
  });
});
