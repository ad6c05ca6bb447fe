import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@shotlog/embedded';
import { Client } from 'minio';

export type S3Server = { endpoint: string; accessKey: string; secretKey: string };

const onPath = (() => {
  try {
    execFileSync('minio', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const { S3_ENDPOINT, S3_ACCESS_KEY = '', S3_SECRET_KEY = '' } = process.env;

/** Why what needs a server that speaks S3 is skipped; null where there is one: the one that `S3_ENDPOINT` names, or a `minio` on PATH. */
export const noS3: string | null = S3_ENDPOINT || onPath ? null : 'no S3_ENDPOINT is set and no minio is on PATH';

/** `down` ends the server for a while and `up` brings it back with all that it keeps; neither is there for a server that is not ours. */
export type StartedS3 = S3Server & { stop(): Promise<void>; outage: { down(): Promise<void>; up(): Promise<void> } | null };

/** A server that speaks S3, and how to end it. */
export const startS3 = async (): Promise<StartedS3> => {
  if (S3_ENDPOINT) return { endpoint: S3_ENDPOINT, accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY, stop: async () => {}, outage: null };
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-minio-'));
  const address = `127.0.0.1:${await freePort()}`;
  const keys = { accessKey: 'shotlog-test', secretKey: randomBytes(16).toString('hex') };
  let server: ChildProcess;
  const up = async () => {
    server = spawn('minio', ['server', '--quiet', '--address', address, folder], { stdio: 'ignore', env: { ...process.env, MINIO_ROOT_USER: keys.accessKey, MINIO_ROOT_PASSWORD: keys.secretKey } });
    for (const until = Date.now() + 60_000; !(await fetch(`http://${address}/minio/health/ready`).then((r) => r.ok, () => false));) {
      if (Date.now() > until || server.exitCode !== null) throw new Error('minio does not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const down = async () => { if (server.exitCode === null && server.kill('SIGKILL')) await once(server, 'exit'); };
  await up();
  const stop = async () => {
    await down();
    await rm(folder, { recursive: true, force: true });
  };
  return { endpoint: `http://${address}`, ...keys, stop, outage: { down, up } };
};

/** The settings by which Shotlog keeps its objects there: in a bucket of its own, the same again for the same data folder. */
export const s3Settings = ({ endpoint, accessKey, secretKey }: S3Server, dataDir: string): Record<string, string> =>
  ({ S3_ENDPOINT: endpoint, S3_ACCESS_KEY: accessKey, S3_SECRET_KEY: secretKey, S3_BUCKET: `test-${createHash('md5').update(dataDir).digest('hex')}` });

/** Where a studio of a test keeps its objects: a folder, or S3 where the environment names a server. So every suite runs over either. */
export const objectSettings = (dataDir: string): Record<string, string> =>
  (S3_ENDPOINT ? s3Settings({ endpoint: S3_ENDPOINT, accessKey: S3_ACCESS_KEY, secretKey: S3_SECRET_KEY }, dataDir) : {});

/** Names of all stored objects, uploads under way among them. */
export const objectNames = async (settings: { DATA_DIR?: unknown; S3_ENDPOINT?: unknown; S3_ACCESS_KEY?: unknown; S3_SECRET_KEY?: unknown; S3_BUCKET?: unknown }): Promise<string[]> => {
  if (!settings.S3_ENDPOINT) {
    const all = await readdir(join(String(settings.DATA_DIR), 'objects'), { recursive: true, withFileTypes: true }).catch(() => []);
    return all.filter((entry) => entry.isFile() && !entry.name.endsWith('+type')).map((entry) => join(entry.parentPath, entry.name));
  }
  const { hostname, port, protocol } = new URL(String(settings.S3_ENDPOINT));
  const useSSL = protocol === 'https:';
  const client = new Client({ endPoint: hostname, port: Number(port || (useSSL ? 443 : 80)), useSSL, accessKey: String(settings.S3_ACCESS_KEY), secretKey: String(settings.S3_SECRET_KEY) });
  const names: string[] = [];
  for await (const { name } of client.listObjectsV2(String(settings.S3_BUCKET), '', true)) names.push(name);
  for await (const { key } of client.listIncompleteUploads(String(settings.S3_BUCKET), '', true)) names.push(`unfinished ${key}`);
  return names;
};
