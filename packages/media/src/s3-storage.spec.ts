import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'minio';
import { afterAll, describe, expect, it } from 'vitest';
import { openStorage } from './storage.ts';
import type { S3Options } from './storage.ts';
import { storageConformance } from './storage.conformance.ts';

const hasMinio = (): boolean => {
  try {
    execFileSync('minio', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => { for (const end of ends.reverse()) await end(); });

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-s3-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
};

const startMinio = async (): Promise<{ endpoint: string; accessKey: string; secretKey: string }> => {
  const folder = await temporaryFolder();
  const endpoint = `http://127.0.0.1:${await freePort()}`;
  const keys = { accessKey: 'conformance', secretKey: randomUUID() };
  const server: ChildProcess = spawn('minio', ['server', '--quiet', '--address', endpoint.slice('http://'.length), folder], {
    stdio: 'ignore', env: { ...process.env, MINIO_ROOT_USER: keys.accessKey, MINIO_ROOT_PASSWORD: keys.secretKey },
  });
  ends.push(async () => { server.kill(); await once(server, 'exit'); });
  const until = Date.now() + 60_000;
  while (!await fetch(`${endpoint}/minio/health/ready`).then((answer) => answer.ok, () => false)) {
    if (Date.now() > until || server.exitCode !== null) throw new Error('minio does not start');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  return { endpoint, ...keys };
};

const env = process.env;
const given = env.S3_ENDPOINT ? { endpoint: env.S3_ENDPOINT, accessKey: env.S3_ACCESS_KEY ?? '', secretKey: env.S3_SECRET_KEY ?? '' } : null;

if (given || hasMinio()) {
  const copies = await temporaryFolder();
  let options: S3Options;
  storageConformance('S3', async () => {
    options = { ...(given ?? await startMinio()), bucket: `conformance-${randomUUID()}`, temporaryFolder: copies };
    const storage = await openStorage({ s3: options });
    const url = new URL(options.endpoint);
    const client = new Client({ endPoint: url.hostname, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)), useSSL: url.protocol === 'https:', accessKey: options.accessKey, secretKey: options.secretKey });
    const remains = async (): Promise<string[]> => {
      const names: string[] = [];
      for await (const { name } of client.listObjectsV2(options.bucket, '', true)) names.push(name);
      for await (const { key } of client.listIncompleteUploads(options.bucket, '', true)) names.push(`unfinished ${key}`);
      return [...names.sort(), ...await readdir(join(copies, 'shotlog-media'))];
    };
    ends.push(async () => {
      const names: string[] = [];
      for await (const { name } of client.listObjectsV2(options.bucket, '', true)) names.push(name);
      await client.removeObjects(options.bucket, names);
      await client.removeBucket(options.bucket);
    });
    return { storage, remains };
  });
  it('opens a bucket that is already there, and leaves no copies behind', async () => {
    await openStorage({ s3: options });
    expect(await readdir(join(copies, 'shotlog-media'))).toEqual([]);
  });
} else {
  describe('storage: S3', () => {
    it('keeps the conformance suite', ({ skip }) => skip('no S3_ENDPOINT is set and no minio is on PATH'));
  });
}
