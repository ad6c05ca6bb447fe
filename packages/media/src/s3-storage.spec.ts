import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noS3, startS3 } from '@shotlog/test/s3';
import { Client } from 'minio';
import { afterAll, describe, expect, it } from 'vitest';
import { openStorage } from './storage.ts';
import type { S3Options } from './storage.ts';
import { storageConformance } from './storage.conformance.ts';

const ends: (() => Promise<unknown>)[] = [];
afterAll(async () => { for (const end of ends.reverse()) await end(); });

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-s3-'));
  ends.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

if (noS3 === null) {
  const copies = await temporaryFolder();
  let options: S3Options;
  storageConformance('S3', async () => {
    const { stop, outage: _, ...server } = await startS3();
    ends.push(stop);
    options = { ...server, bucket: `conformance-${randomUUID()}`, temporaryFolder: copies };
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
    it('keeps the conformance suite', ({ skip }) => skip(noS3!));
  });
}
