import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { alive } from './alive.ts';

/** The layout of a data folder. Another number: another layout, which this version does not understand. */
const VERSION = '1';

const lock = async (folder: string): Promise<() => Promise<void>> => {
  const file = join(folder, 'shotlog.pid');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(file, 'utf8').catch(() => ''));
      if (pid && pid !== process.pid && alive(pid)) throw new Error(`Another Shotlog (process ${pid}) uses ${folder}. Stop it, or set DATA_DIR to another folder.`);
      await rm(file, { force: true });
    }
  }
  throw new Error(`${folder} cannot be locked.`);
};

/**
 * Opens the folder that everything embedded lives in: made when missing, checked, and held by one Shotlog at a time.
 * @throws Error with a sentence that says what to do.
 */
export const openDataDir = async (path: string): Promise<{ path: string; secret: string; release(): Promise<void> }> => {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true });
    if (process.getuid?.() === 0) await chmod(folder, 0o755);
  } catch (cause) {
    throw new Error(`The data folder ${folder} cannot be made. Set DATA_DIR to a folder that you may write to.`, { cause });
  }
  const versionFile = join(folder, 'VERSION');
  const found = (await readFile(versionFile, 'utf8').catch(() => null))?.trim();
  if (found != null && found !== VERSION) {
    throw new Error(`${folder} was made by another version of Shotlog (layout ${found}, this one has ${VERSION}). Set DATA_DIR to another folder, or start the version that made it.`);
  }
  const release = await lock(folder);
  if (found == null) await writeFile(versionFile, `${VERSION}\n`);
  const secretFile = join(folder, 'secret.key');
  let secret = (await readFile(secretFile, 'utf8').catch(() => '')).trim();
  if (!secret) {
    secret = randomBytes(32).toString('hex');
    await writeFile(secretFile, `${secret}\n`, { mode: 0o600 });
  }
  return { path: folder, secret, release };
};
