import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const DAY_MS = 24 * 60 * 60 * 1000;
const host = hostname().toLowerCase().replaceAll(/[^a-z0-9]/g, '-');

/** Where temporary files of media work lie, a folder for each user of the machine; swept when a storage is opened. */
export const TEMPORARIES = join(tmpdir(), `shotlog-media-${userInfo().uid}`);

/** A path in `folder` that nobody uses and that `sweepTemporaries` knows to belong to this process. */
export const temporaryPath = (folder: string): string => join(folder, `${host}.${process.pid}.${randomUUID()}`);

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
};

/** In containers every process has the same number, so our own number is judged by our own start. */
const isLeftOver = (name: string, modified_ms: number): boolean => {
  if (Date.now() - modified_ms > DAY_MS) return true;
  const [owner, pid] = name.split('.');
  if (owner !== host) return false;
  if (Number(pid) === process.pid) return modified_ms < Date.now() - process.uptime() * 1000 - 1000;
  return !isAlive(Number(pid));
};

/**
 * Makes the folder and removes what processes left in it that no longer run: dead ones of this machine at once, those of
 * other machines (a shared volume) after a day without a write.
 */
export const sweepTemporaries = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null); // another process may sweep at the same time
    if (found && isLeftOver(name, found.mtimeMs)) await rm(path, { recursive: true, force: true });
  }
};

/** A path among `TEMPORARIES`, for as long as `work` takes; it may become a file, with that ending, or a folder. */
export const withTemporary = async <T>(ending: string, work: (path: string) => Promise<T>): Promise<T> => {
  await mkdir(TEMPORARIES, { recursive: true });
  const path = `${temporaryPath(TEMPORARIES)}${ending}`;
  try {
    return await work(path);
  } finally {
    await rm(path, { recursive: true, force: true });
  }
};

/** A folder among `TEMPORARIES`, for as long as `work` takes; `at` gives paths in it. */
export const withTemporaryFolder = <T>(work: (at: (name: string) => string) => Promise<T>): Promise<T> => withTemporary('', async (folder) => {
  await mkdir(folder);
  return work((name) => join(folder, name));
});
