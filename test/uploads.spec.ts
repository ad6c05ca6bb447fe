import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { form, png } from '@shotlog/files/testing';
import { Child } from './child.ts';
import { makeClip } from './clips.ts';
import { until } from './main-job.ts';
import { Client } from './studio.ts';

const CLIENTS = 8;
const UPLOADS = 1_000;
/** So much that the memory would tell if bodies stayed in it: between the thirds that are compared lie 180 MB. */
const FILE_BYTES = 400_000;
const KILLS = 2;

/** A preview and its file. `md5` is null where it is served in another form than it was sent. */
type Sent = { id: string; path: string; md5: string | null };

let [data, temporary]: string[] = [];
let shotlog: Child;
let admin: Client;
let movie: Buffer;
let film: { tasks: string[]; status: string };

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const middle = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const prepare = async () => {
  const project = await admin.must('POST', '/data/projects', { name: 'Uploads', fps: '12', resolution: '96x54' });
  const sequence = await admin.must('POST', `/data/projects/${project.id}/sequences`, { name: 'SQ' });
  const { task_types, task_status } = await admin.must('GET', '/data/user/context');
  const shots: any[] = [];
  for (let i = 0; i < CLIENTS; i++) shots.push(await admin.must('POST', `/data/projects/${project.id}/shots`, { name: `SH${i}`, sequence_id: sequence.id }));
  const type = task_types.find((t: any) => t.for_entity === 'Shot').id;
  const tasks: any[] = await admin.must('POST', `/actions/projects/${project.id}/task-types/${type}/shots/create-tasks`, shots.map((s) => s.id));
  return { tasks: tasks.map((t) => t.id), status: task_status.find((s: any) => s.short_name === 'wip').id };
};

/** The n-th file: no two are alike. Pictures, movies, and files that are kept as they are. */
const fileOf = (n: number, bytes: number): { name: string; bytes: Buffer; at: (id: string) => string; changed: boolean } => {
  if (n % 125 === 1) return { name: `take${n}.mp4`, bytes: movie, at: (id) => `/movies/originals/preview-files/${id}.mp4`, changed: true };
  if (n % 8 === 0) return { name: `frame${n}.png`, bytes: png(16 + (n % 60), 9 + Math.floor(n / 60)), at: (id) => `/pictures/originals/preview-files/${id}.png`, changed: false };
  return { name: `sheet${n}.pdf`, bytes: Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(bytes)]), at: (id) => `/pictures/originals/preview-files/${id}.pdf`, changed: false };
};

const comments = new Map<string, string>();
/** A new preview; five stand beside each comment. */
const newPreview = async (n: number): Promise<string> => {
  const [task, key] = [film.tasks[n % CLIENTS]!, `${n % CLIENTS} ${Math.floor(n / CLIENTS / 5)}`];
  if (!comments.has(key)) comments.set(key, (await admin.must('POST', `/actions/tasks/${task}/comment`, { task_status_id: film.status, comment: 'look' })).id);
  return (await admin.must('POST', `/actions/tasks/${task}/comments/${comments.get(key)}/add-preview`)).id;
};

/** Makes a preview and uploads its file; answers its id once it is ready. `begins` is told before the first byte goes. */
const send = async (n: number, bytes: number, begins: (sent: Sent) => void): Promise<string> => {
  const file = fileOf(n, bytes);
  const id = await newPreview(n);
  begins({ id, path: file.at(id), md5: file.changed ? null : md5(file.bytes) });
  const { status } = await admin.must('POST', `/pictures/preview-files/${id}`, form({ file: [file.name, file.bytes] }));
  if (status !== 'ready') throw new Error(`the preview ${id} is ${status}`);
  return id;
};

/** Runs `work` for 0 … count - 1, by so many clients at once. */
const share = async (count: number, work: (n: number) => Promise<unknown>) => {
  let next = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => { while (next < count) await work(next++); }));
};

/** What is not served byte by byte as it was sent. */
const wrongOf = async (previews: Sent[]): Promise<string[]> => {
  const wrong: string[] = [];
  await share(previews.length, async (n) => {
    const { path, md5: wanted } = previews[n]!;
    const response = await fetch(shotlog.base + path, { headers: { authorization: `Bearer ${admin.token}` } });
    const bytes = Buffer.from(await response.arrayBuffer());
    const right = wanted === null ? bytes.length === Number(response.headers.get('content-length')) && bytes.subarray(4, 8).toString() === 'ftyp' : md5(bytes) === wanted;
    if (response.status !== 200 || !right) wrong.push(`${path}: ${response.status}, ${bytes.length} bytes`);
  });
  return wrong;
};

/** The status of a preview, once nobody works on it; null for one whose file never arrived. */
const settled = async (id: string): Promise<string | null> => (await until(`the preview ${id} is settled`, async () => {
  const { status, body } = await admin.get(`/data/preview-files/${id}`);
  if (status === 404 || !body.file_size) return { status: null };
  return body.status === 'processing' ? null : body;
})).status;

/** Sends half a form and no more; answers how to break the line. */
const halfUpload = async (id: string): Promise<() => void> => {
  const sent = request(`${shotlog.base}/pictures/preview-files/${id}`, { method: 'POST', headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'multipart/form-data; boundary=X', 'content-length': '5000000' } });
  sent.on('error', () => {});
  await new Promise((resolve) => sent.write(Buffer.concat([Buffer.from('--X\r\ncontent-disposition: form-data; name="file"; filename="half.pdf"\r\n\r\n%PDF-1.7\n'), randomBytes(1_000_000)]), resolve));
  return () => sent.destroy();
};

const filesBelow = async (path: string): Promise<string[]> => {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};
const objects = () => filesBelow(join(data!, 'objects'));
const temporaries = async () => [...(await filesBelow(temporary!)), ...(await filesBelow(join(data!, 'objects', '.incoming'))), ...(await filesBelow(join(data!, 'temporary')))];

beforeAll(async () => {
  [data, temporary] = [await mkdtemp(join(tmpdir(), 'shotlog-uploads-')), await mkdtemp(join(tmpdir(), 'shotlog-uploads-tmp-'))];
  shotlog = await new Child(data, { TMPDIR: temporary }).start();
  admin = await shotlog.signIn();
  movie = Buffer.from(await makeClip({ seconds: 0.5, size: '96x54', rate: 12 }));
  film = await prepare();
}, 60_000);
afterAll(async () => {
  await shotlog?.end();
  for (const folder of [data, temporary]) if (folder) await rm(folder, { recursive: true, force: true });
}, 60_000);

describe(`${UPLOADS} uploads by ${CLIENTS} clients`, () => {
  const sent: Sent[] = [];
  const memory: number[] = [];

  it('are all taken', async () => {
    await share(UPLOADS, async (n) => {
      await send(n, FILE_BYTES, (one) => sent.push(one));
      if (sent.length % 10 === 0) memory.push(await shotlog.rss());
    });
    expect(sent).toHaveLength(UPLOADS);
  }, 240_000);

  it('leave the memory as it was', () => {
    // The first quarter warms up.
    const warm = memory.slice(memory.length / 4);
    const [first, last] = [warm.slice(0, warm.length / 3), warm.slice(-warm.length / 3)].map(middle);
    expect(last! / first!).toBeLessThan(1.2);
  });

  it('can all be read, byte by byte', async () => {
    expect(await wrongOf(sent)).toEqual([]);
    expect(await temporaries()).toEqual([]);
  }, 120_000);
});

describe('uploads that are cut off', () => {
  it('leave nothing when their clients go', async () => {
    const before = await objects();
    const ids = await Promise.all(film.tasks.map((_, i) => newPreview(UPLOADS + i)));
    const breaks = await Promise.all(ids.map(halfUpload));
    await until('the uploads are under way', async () => (await temporaries()).length >= CLIENTS);
    for (const cut of breaks) cut();
    await until('nothing is left', async () => (await temporaries()).length === 0);
    for (const id of ids) await until('the preview is gone', async () => (await admin.get(`/data/preview-files/${id}`)).status === 404);
    expect(await objects()).toEqual(before);
  }, 60_000);

  it(`leave nothing half-stored when Shotlog is killed ${KILLS} times while eight write`, async () => {
    const before = new Set(await objects());
    const begun = new Map<string, Sent>();
    const acknowledged = new Set<string>();
    for (let round = 0; round < KILLS; round++) {
      let alive = true;
      const writing = film.tasks.map(async (_, writer) => {
        for (let n = writer; alive; n += CLIENTS) {
          const id = await send(2 * UPLOADS + n, 3 * FILE_BYTES, (sent) => begun.set(sent.id, sent)).catch(() => null);
          if (id) acknowledged.add(id);
        }
      });
      const enough = acknowledged.size + 2 * CLIENTS;
      await until('some are stored', () => acknowledged.size >= enough);
      await pause(Math.random() * 200);
      await shotlog.kill(round % 2 === 0 ? 'all' : 'alone');
      alive = false;
      await Promise.all(writing);
      await shotlog.start();
      admin = await shotlog.signIn();
    }
    const ready = new Set<string>();
    for (const { id } of begun.values()) if ((await settled(id)) === 'ready') ready.add(id);
    expect([...acknowledged].filter((id) => !ready.has(id))).toEqual([]);
    expect(await wrongOf([...begun.values()].filter(({ id }) => ready.has(id)))).toEqual([]);
    await until('nothing temporary is left', async () => (await temporaries()).length === 0);
    const strange = async () => (await objects()).filter((path) => !before.has(path) && ![...ready].some((id) => path.includes(id)));
    await until('what belongs to no preview is gone', async () => (await strange()).length === 0).catch(async () => expect(await strange()).toEqual([]));
  }, 240_000);
});
