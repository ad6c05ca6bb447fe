import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { makeClip, type ClipOptions } from '@shotlog/media/testing';
import { objectNames } from '@shotlog/test/s3';
import { startStudio, type Client, type Studio } from '@shotlog/test/studio';

export const NOBODY = '11111111-2222-4333-8444-555555555555';
export type Role = 'admin' | 'manager' | 'supervisor' | 'artist' | 'unassigned' | 'client' | 'vendor' | 'stranger';

/** A PNG of one colour. */
export const png = (width: number, height: number): Buffer => {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (1 + width * 3), 90);
  for (let y = 0; y < height; y++) rows[y * (1 + width * 3)] = 0;
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
};

/** A small movie. */
export const clip = async (options: ClipOptions & { name?: string } = {}): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'shotlog-files-test-'));
  try {
    return await readFile(await makeClip(join(folder, options.name ?? 'clip.mp4'), { size: '160x90', rate: '12', seconds: 0.5, ...options }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const TYPES: Record<string, string> = { txt: 'text/plain', html: 'text/html' };
/** A form with files: `form({ file: ['cup.png', png(4, 4)] })`. */
export const form = (files: Record<string, [name: string, bytes: Buffer | string]>, fields: Record<string, string> = {}): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  for (const [field, [name, bytes]] of Object.entries(files)) data.append(field, new Blob([typeof bytes === 'string' ? bytes : new Uint8Array(bytes)], { type: TYPES[name.split('.').at(-1)!] ?? '' }), name);
  return data;
};

/** A studio with a film of 160 x 90, an asset and a shot with a task each, and somebody of each role. The artist and nobody else is assigned. */
export class FilmStudio {
  studio!: Studio;
  as = {} as Record<Role, Client>;
  ids = {} as Record<string, string>;
  persons = {} as Record<Role, string>;

  static async start(env: Record<string, string> = {}): Promise<FilmStudio> {
    const film = new FilmStudio();
    film.studio = await startStudio({ env });
    film.as.admin = await film.studio.signIn();
    await film.#people();
    await film.#film();
    return film;
  }

  async #people(): Promise<void> {
    const roles: [Role, string][] = [['manager', 'manager'], ['supervisor', 'supervisor'], ['artist', 'user'], ['unassigned', 'user'], ['client', 'client'], ['vendor', 'vendor'], ['stranger', 'user']];
    await Promise.all(roles.map(async ([name, role]) => {
      const email = `${name}@film.studio`;
      this.persons[name] = (await this.as.admin.must('POST', '/data/persons', { first_name: name, last_name: 'Film', email, password: `${name}password`, role })).id;
      this.as[name] = await this.studio.signIn(email, `${name}password`);
    }));
  }

  async #film(): Promise<void> {
    const post = (path: string, body: unknown) => this.as.admin.must('POST', path, body);
    const { task_types, task_status, asset_types } = await this.as.admin.must('GET', '/data/user/context');
    const project = (await post('/data/projects', { name: 'Film', fps: '12', resolution: '160x90' })).id;
    for (const name of ['manager', 'supervisor', 'artist', 'unassigned', 'client', 'vendor'] as const) await post(`/data/projects/${project}/team`, { person_id: this.persons[name] });
    const [forShots, forAssets] = ['Shot', 'Asset'].map((kind) => task_types.find((t: any) => t.for_entity === kind).id);
    const sequence = (await post(`/data/projects/${project}/sequences`, { name: 'SQ01' })).id;
    const shot = (await post(`/data/projects/${project}/shots`, { name: 'SH010', sequence_id: sequence })).id;
    const asset = (await post(`/data/projects/${project}/asset-types/${asset_types[0].id}/assets/new`, { name: 'Cup' })).id;
    const [task] = await post(`/actions/projects/${project}/task-types/${forShots}/shots/create-tasks`, [shot]);
    const [assetTask] = await post(`/actions/projects/${project}/task-types/${forAssets}/assets/create-tasks`, [asset]);
    await this.as.admin.must('PUT', `/actions/tasks/${task.id}/assign`, { person_id: this.persons.artist });
    this.ids = { project, sequence, shot, asset, task: task.id, assetTask: assetTask.id, status: task_status.find((s: any) => s.short_name === 'wip').id, forShots, forAssets };
  }

  async comment(options: Record<string, unknown> = {}, as: Role = 'artist', task = this.ids.task!): Promise<string> {
    return (await this.as[as].must('POST', `/actions/tasks/${task}/comment`, { task_status_id: this.ids.status, comment: 'look', ...options })).id;
  }
  /** A new preview of a new comment, without its file. */
  async preview(options: { comment?: Record<string, unknown>; as?: Role; task?: string } = {}): Promise<{ id: string; comment: string }> {
    const { as = 'artist', task = this.ids.task! } = options;
    const comment = await this.comment(options.comment, as, task);
    return { id: (await this.as[as].must('POST', `/actions/tasks/${task}/comments/${comment}/add-preview`)).id, comment };
  }
  upload(id: string, name: string, bytes: Buffer | string, as: Role = 'artist') { return this.as[as].post(`/pictures/preview-files/${id}`, form({ file: [name, bytes] })); }
  /** A preview with its file. */
  async published(name: string, bytes: Buffer | string, options: Parameters<FilmStudio['preview']>[0] = {}): Promise<{ id: string; comment: string; body: any }> {
    const made = await this.preview(options);
    const { status, body } = await this.upload(made.id, name, bytes, options.as ?? 'artist');
    if (status !== 201) throw new Error(`the upload answered ${status}: ${JSON.stringify(body)}`);
    return { ...made, body };
  }

  /** The raw answer, for bytes. */
  fetch(path: string, headers: Record<string, string> = {}, as: Role = 'admin') {
    return fetch(this.studio.base + path, { headers: { authorization: `Bearer ${this.as[as].token}`, ...headers } });
  }
  async bytes(path: string, as: Role = 'admin'): Promise<Buffer> { return Buffer.from(await (await this.fetch(path, {}, as)).arrayBuffer()); }
  async statuses(roles: readonly Role[], ask: (as: Client) => Promise<{ status: number }>): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const role of roles) found[role] = (await ask(this.as[role])).status;
    return found;
  }
  /** Names of all stored objects, uploads under way among them. */
  objects(): Promise<string[]> { return objectNames(this.studio.config); }
  stop() { return this.studio?.stop(); }
}

/** Asks until it holds. @throws Error after half a minute. */
export const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come to hold');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
