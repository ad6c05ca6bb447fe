import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStorage } from './storage.ts';
import { storageConformance } from './storage.conformance.ts';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-storage-'));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();

storageConformance('a folder', async () => {
  const folder = await newFolder();
  return { storage: await openStorage({ folder }), remains: () => filesIn(folder) };
});

it('spreads objects over two levels by the start of their names', async () => {
  const folder = await newFolder();
  const storage = await openStorage({ folder });
  await storage.put('previews/originals/3f2a77.png', (async function* () { yield Buffer.from('x'); })(), { contentType: 'image/png' });
  await storage.put('previews/a.b', (async function* () { yield Buffer.from('x'); })(), { contentType: 'image/png' });
  expect(await readdir(join(folder, 'previews/3f/2a'))).toEqual(['originals~3f2a77.png', 'originals~3f2a77.png+type']);
  expect(await readdir(join(folder, 'previews/a_/b_'))).toEqual(['a.b', 'a.b+type']);
});

it('keeps objects when it is opened again', async () => {
  const folder = await newFolder();
  await (await openStorage({ folder })).put('previews/kept', (async function* () { yield Buffer.from('x'); })(), { contentType: 'image/png' });
  expect(await (await openStorage({ folder })).stat('previews/kept')).toMatchObject({ size_bytes: 1, contentType: 'image/png' });
});

/** Puts one byte and then waits for ever, in a process of its own. */
const putter = (folder: string): string => `
  import { openStorage } from ${JSON.stringify(import.meta.resolve('./storage.ts'))};
  const storage = await openStorage({ folder: ${JSON.stringify(folder)} });
  setInterval(() => {}, 1000);
  await storage.put('previews/half', (async function* () {
    yield Buffer.from('x'); yield Buffer.from('y'); console.log('half'); await new Promise(() => {});
  })(), { contentType: 'text/plain' });`;

it('sweeps what a killed process left, and leaves alone what a living one is writing', async () => {
  const folder = await newFolder();
  const child = spawn(process.execPath, ['--input-type=module', '-e', putter(folder)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  await openStorage({ folder });
  expect(await filesIn(folder)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await filesIn(folder)).toHaveLength(1);
  const storage = await openStorage({ folder });
  expect(await filesIn(folder)).toEqual([]);
  expect(await storage.stat('previews/half')).toBeNull();
});

it('sweeps what an earlier process with our own number left, and what other machines left a day ago', async () => {
  const folder = await newFolder();
  await openStorage({ folder });
  const incoming = join(folder, '.incoming');
  const host = hostname().toLowerCase().replaceAll(/[^a-z0-9]/g, '-');
  const left = async (name: string, age_s: number): Promise<void> => {
    await writeFile(join(incoming, name), 'x');
    await utimes(join(incoming, name), new Date(), new Date(Date.now() - age_s * 1000));
  };
  await left(`${host}.${process.pid}.earlier`, process.uptime() + 60);
  await left(`${host}.${process.pid}.ours`, 0);
  await left('elsewhere.1.writing', 3600);
  await left('elsewhere.1.dead', 25 * 3600);
  await openStorage({ folder });
  expect((await readdir(incoming)).sort()).toEqual([`${host}.${process.pid}.ours`, 'elsewhere.1.writing'].sort());
});
