import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect } from 'vitest';
import { makeClip, probeBytes } from './clips.ts';
import { Client } from './studio.ts';

/** A running Shotlog, however it was started. */
export type Place = { base: string; natsUrl: string; signIn(email?: string, password?: string): Promise<Client> };

export type Heard = { name: string; payload: Record<string, any> }[];

/** Listens to everything that is published. */
export const listen = async (natsUrl: string): Promise<{ heard: Heard; nats: NatsConnection }> => {
  const nats = await connect({ servers: natsUrl });
  const heard: Heard = [];
  nats.subscribe('>', { callback: (_error, message) => {
    if (message.subject.startsWith('_INBOX') || message.subject.startsWith('cmd.') || message.subject.startsWith('work.')) return;
    heard.push({ name: message.subject, payload: message.json() });
  } });
  await nats.flush();
  return { heard, nats };
};

/** Polls until `look` answers something; the bound is generous, since timing proves nothing. */
export const until = async <T>(what: string, look: () => Promise<T | null | undefined | false> | T | null | undefined | false, timeout_ms = 60_000): Promise<T> => {
  const end = Date.now() + timeout_ms;
  while (Date.now() < end) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come about within ${timeout_ms / 1000} s`);
};

const upload = async (as: Client, path: string, bytes: Uint8Array<ArrayBuffer>, name: string, kind: string) => {
  const form = new FormData();
  form.append('file', new Blob([bytes], { type: kind }), name);
  const reply = await as.send('POST', path, form);
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300);
  return reply.body;
};

const csv = (rows: string[]) => new Blob([`${rows.join('\n')}\n`], { type: 'text/csv' });

/** What the job leaves behind, for the checks that follow it. */
export type Done = { project: any; shots: any[]; tasks: any[]; playlist: any; job: any; movie: Uint8Array; heard: Heard; reads: string[] };

/** A person, a production, a shot list. */
const setUp = async (admin: Client, place: Place) => {
  const context = (await admin.get('/data/user/context')).body;
  expect(Object.keys(context)).toEqual(expect.arrayContaining(['persons', 'projects', 'task_types', 'task_status', 'departments', 'asset_types', 'project_status', 'notification_count', 'custom_actions']));
  expect(context.task_types.map((t: any) => t.name)).toEqual(expect.arrayContaining(['Animation', 'Modeling', 'Compositing']));
  const type = (name: string) => context.task_types.find((t: any) => t.name === name);
  const status = (short: string) => context.task_status.find((s: any) => s.short_name === short);
  const artist = await admin.must('POST', '/data/persons', { first_name: 'Ana', last_name: 'Artist', email: 'ana@studio.test', role: 'user', password: 'anaspassword' });
  const project = await admin.must('POST', '/data/projects', { name: 'Caminandes', production_type: 'short', fps: '25' });
  await admin.must('POST', `/data/projects/${project.id}/team`, { person_id: artist.id });
  for (const name of ['Animation', 'Modeling']) await admin.must('POST', `/data/projects/${project.id}/settings/task-types`, { task_type_id: type(name).id, priority: 1 });
  for (const short of ['todo', 'wip', 'wfa', 'retake', 'done']) await admin.must('POST', `/data/projects/${project.id}/settings/task-status`, { task_status_id: status(short).id });
  await admin.must('POST', `/data/projects/${project.id}/settings/asset-types`, { asset_type_id: context.asset_types[0].id });
  const ana = await place.signIn('ana@studio.test', 'anaspassword');
  return { artist, ana, project, animation: type('Animation'), status, assetType: context.asset_types[0] };
};

const breakDown = async (admin: Client, project: any, assetType: any) => {
  const form = (blob: Blob) => { const f = new FormData(); f.append('file', blob, 'shots.csv'); return f; };
  const wrong = await admin.send('POST', `/import/csv/projects/${project.id}/shots`, form(csv(['Sequence,Name,Frames', 'SQ01,SH010,48', 'SQ01,SH020,many'])));
  expect(wrong.status).toBe(400);
  expect(wrong.body.message).toMatch(/row|line/i);
  expect((await admin.get(`/data/projects/${project.id}/shots`)).body).toEqual([]);
  const right = await admin.send('POST', `/import/csv/projects/${project.id}/shots`, form(csv(['Sequence,Name,Frames,Description', 'SQ01,SH010,48,Opening', 'SQ01,SH020,50,Llama', 'SQ02,SH030,24,'])));
  expect(right.status, JSON.stringify(right.body)).toBeLessThan(300);
  const shots = (await admin.must('GET', `/data/projects/${project.id}/shots`)).sort((a: any, b: any) => a.name.localeCompare(b.name));
  expect(shots.map((s: any) => [s.name, s.nb_frames])).toEqual([['SH010', 48], ['SH020', 50], ['SH030', 24]]);
  const sequence = await admin.must('POST', `/data/projects/${project.id}/sequences`, { name: 'SQ03' });
  shots.push(await admin.must('POST', `/data/projects/${project.id}/shots`, { name: 'SH040', sequence_id: sequence.id, nb_frames: 25 }));
  const llama = await admin.must('POST', `/data/projects/${project.id}/asset-types/${assetType.id}/assets/new`, { name: 'Llama' });
  await admin.must('PUT', `/data/projects/${project.id}/entities/${shots[0].id}/casting`, [{ asset_id: llama.id, nb_occurences: 2 }]);
  expect((await admin.must('GET', `/data/projects/${project.id}/entities/${shots[0].id}/casting`))[0]).toMatchObject({ asset_name: 'Llama', nb_occurences: 2 });
  return { shots, llama };
};

const work = async (admin: Client, ana: Client, artist: any, project: any, shots: any[], animation: any, status: (s: string) => any) => {
  const path = `/actions/projects/${project.id}/task-types/${animation.id}/shots/create-tasks`;
  // The imported shots came with theirs; asked twice, there is still one for each.
  await admin.must('POST', path, shots.map((s) => s.id));
  expect(await admin.must('POST', path, shots.map((s) => s.id))).toEqual([]);
  const tasks: any[] = await admin.must('GET', `/data/projects/${project.id}/tasks`);
  expect(tasks).toHaveLength(shots.length);
  const ofShot = (shot: any) => tasks.find((t) => t.entity_id === shot.id)!;
  await admin.must('PUT', `/actions/persons/${artist.id}/assign`, { task_ids: [ofShot(shots[0]).id, ofShot(shots[1]).id] });
  expect((await ana.must('GET', '/data/user/tasks')).map((t: any) => t.entity_name).sort()).toEqual(['SH010', 'SH020']);
  expect((await ana.post(path, shots.map((s) => s.id))).status).toBe(403);
  const say = (as: Client, shot: any, short: string, comment: string) => as.must('POST', `/actions/tasks/${ofShot(shot).id}/comment`, { task_status_id: status(short).id, comment });
  await say(ana, shots[0], 'wip', 'On it');
  await say(admin, shots[0], 'retake', 'Again, @Ana Artist');
  await say(admin, shots[1], 'done', 'Fine');
  expect(await admin.must('GET', `/data/tasks/${ofShot(shots[0]).id}`)).toMatchObject({ retake_count: 1, task_status_id: status('retake').id });
  expect((await ana.must('GET', '/data/user/tasks')).map((t: any) => t.entity_name)).toEqual(['SH010']);
  return { tasks: shots.map(ofShot) };
};

const previews = async (admin: Client, ana: Client, shots: any[], tasks: any[], status: (s: string) => any) => {
  const clips = [{ seconds: 2 }, { seconds: 1, sound: false, size: '640x360', rate: 24 }, { seconds: 1, size: '320x240', rate: 30 }];
  const files: any[] = [];
  for (const [i, clip] of clips.entries()) {
    const as = i < 2 ? ana : admin;
    const comment = await as.must('POST', `/actions/tasks/${tasks[i].id}/comment`, { task_status_id: status('wfa').id, comment: 'Please look' });
    const preview = await as.must('POST', `/actions/tasks/${tasks[i].id}/comments/${comment.id}/add-preview`, {});
    await upload(as, `/pictures/preview-files/${preview.id}`, await makeClip(clip), `sh0${i}.mp4`, 'video/mp4');
    files.push(preview);
  }
  const ready = await Promise.all(files.map((preview) => until(`preview ${preview.id} is ready`, async () => {
    const now = await admin.must('GET', `/data/preview-files/${preview.id}`);
    expect(now.status).not.toBe('broken');
    return now.status === 'ready' && now;
  })));
  const broken = await (async () => {
    const comment = await admin.must('POST', `/actions/tasks/${tasks[3].id}/comment`, { task_status_id: status('wfa').id, comment: 'A bad file' });
    const preview = await admin.must('POST', `/actions/tasks/${tasks[3].id}/comments/${comment.id}/add-preview`, {});
    const clip = await makeClip({ seconds: 1 });
    await upload(admin, `/pictures/preview-files/${preview.id}`, clip.slice(0, Math.floor(clip.length / 3)), 'cut.mp4', 'video/mp4');
    return until('the cut-off movie is broken', async () => (await admin.must('GET', `/data/preview-files/${preview.id}`)).status === 'broken' && preview);
  })();
  const played = await ana.get(`/movies/originals/preview-files/${files[0].id}.mp4`, { range: 'bytes=0-99' });
  expect([played.status, played.headers.get('content-range')?.startsWith('bytes 0-99/'), played.headers.get('content-type')]).toEqual([206, true, 'video/mp4']);
  for (const picture of [`/pictures/thumbnails/preview-files/${files[0].id}.png`, `/movies/tiles/preview-files/${files[0].id}.png`]) {
    expect((await ana.get(picture)).status, picture).toBe(200);
  }
  return { files: ready, broken };
};

const review = async (admin: Client, project: any, shots: any[], files: any[]) => {
  const playlist = await admin.must('POST', '/data/playlists', { name: 'Dailies', project_id: project.id, for_entity: 'shot',
    shots: files.map((f, i) => ({ entity_id: shots[i].id, preview_file_id: f.id })) });
  const job = await admin.must('GET', `/data/playlists/${playlist.id}/build/mp4`);
  const ended = await until('the playlist is built', async () => {
    const now = await admin.must('GET', `/data/playlists/${playlist.id}/jobs/${job.id}`);
    return now.status !== 'running' && now;
  }, 120_000);
  expect(ended.status).toBe('succeeded');
  const bytes = async (path: string) => new Uint8Array(await (await fetch(admin.base + path, { headers: { authorization: `Bearer ${admin.token}` } })).arrayBuffer());
  const movie = await bytes(`/data/playlists/${playlist.id}/jobs/${job.id}/build/mp4`);
  const probed = await probeBytes(movie);
  expect(probed.streams.map((s) => s.codec_type).sort()).toEqual(['audio', 'video']);
  expect(probed.duration).toBeGreaterThan(3.7);
  expect(probed.duration).toBeLessThan(4.6);
  const zip = await bytes(`/data/playlists/${playlist.id}/download/zip`);
  expect(Buffer.from(zip.slice(0, 4)).toString('latin1')).toBe('PK\u0003\u0004');
  return { playlist, job: ended, movie };
};

const moneyAndNotices = async (admin: Client, ana: Client, project: any) => {
  const department = (await admin.must('GET', '/data/departments'))[0];
  const budget = await admin.must('POST', `/data/projects/${project.id}/budgets`, { name: 'First', currency: 'EUR' });
  await admin.must('POST', `/data/projects/${project.id}/budgets/${budget.id}/entries`, { department_id: department.id, start_date: '2026-01-01', months_duration: 3, daily_salary: 200, position: 'artist', seniority: 'mid' });
  expect(await admin.must('GET', `/data/projects/${project.id}/budgets/${budget.id}/entries`)).toHaveLength(1);
  expect((await ana.get(`/data/projects/${project.id}/budgets`)).status).toBe(403);
  const notices: any[] = await ana.must('GET', '/data/user/notifications');
  expect(notices.map((n) => n.notification_type)).toEqual(expect.arrayContaining(['assignation', 'mention']));
  await ana.must('PUT', `/data/user/notifications/${notices[0].id}`, { read: true });
  expect((await ana.must('GET', '/data/user/notifications')).find((n: any) => n.id === notices[0].id).read).toBe(true);
  return { budget };
};

/** Subjects of the job, with the keys that their payloads must have. */
export const TOLD: Record<string, string[]> = {
  'person:new': ['person_id'], 'project:new': ['project_id'], 'sequence:new': ['sequence_id', 'project_id'], 'shot:new': ['shot_id', 'episode_id', 'project_id'], 'asset:new': ['asset_id', 'project_id'],
  'shot:casting-update': ['shot_id', 'nb_entities_out', 'project_id'], 'task:new': ['task_id', 'project_id'], 'task:assign': ['task_id', 'person_id', 'project_id'], 'comment:new': ['comment_id', 'task_id', 'task_status_id', 'project_id'],
  'task:update': ['task_id', 'project_id'], 'task:status-changed': ['task_id', 'new_task_status_id', 'previous_task_status_id', 'person_id', 'project_id'], 'preview-file:new': ['preview_file_id', 'comment_id', 'project_id'],
  'preview-file:add-file': ['preview_file_id', 'comment_id', 'task_id', 'extension', 'revision', 'status', 'project_id'], 'playlist:new': ['playlist_id', 'project_id'],
  'build-job:new': ['build_job_id', 'created_at', 'playlist_id', 'project_id'], 'build-job:update': ['build_job_id', 'playlist_id', 'project_id', 'status'], 'budget:create': ['budget_id', 'project_id'],
  'notification:new': ['notification_id', 'person_id', 'project_id'], 'news:new': ['news_id', 'project_id', 'task_status_id', 'task_type_id'],
};

/** The whole main job through the REST API: a shot list in, a movie out. */
export const mainJob = async (place: Place): Promise<Done> => {
  const { heard, nats } = await listen(place.natsUrl);
  const admin = await place.signIn();
  const { artist, ana, project, animation, status, assetType } = await setUp(admin, place);
  const { shots } = await breakDown(admin, project, assetType);
  const { tasks } = await work(admin, ana, artist, project, shots, animation, status);
  const { files } = await previews(admin, ana, shots, tasks, status);
  const { playlist, job, movie } = await review(admin, project, shots, files);
  const { budget } = await moneyAndNotices(admin, ana, project);
  await until('the last message', () => heard.some((h) => h.name === 'budget:create'));
  for (const [name, keys] of Object.entries(TOLD)) {
    const met = heard.filter((h) => h.name === name);
    expect(met.length, `${name} is published`).toBeGreaterThan(0);
    expect(Object.keys(met[0]!.payload), name).toEqual(expect.arrayContaining(keys));
  }
  expect(heard.filter((h) => h.name === 'build-job:update' && h.payload.build_job_id === job.id).at(-1)?.payload.status).toBe('succeeded');
  await nats.close();
  const p = project.id;
  const reads = ['/data/projects/open', `/data/projects/${p}`, `/data/projects/${p}/shots`, `/data/projects/${p}/sequences`, `/data/projects/${p}/assets`, `/data/shots/with-tasks?project_id=${p}`, `/data/projects/${p}/tasks`,
    `/data/tasks/${tasks[0].id}/full`, `/data/tasks/${tasks[0].id}/comments`, `/data/projects/${p}/entities/${shots[0].id}/casting`, `/data/playlists/${playlist.id}`, `/data/projects/${p}/playlists`, `/data/projects/${p}/playlists/${playlist.id}`,
    `/data/preview-files/${files[0].id}`, `/data/projects/${p}/news`, `/data/projects/${p}/budgets/${budget.id}/entries`, '/data/persons', '/data/departments', '/data/task-types', '/data/task-status', '/data/entity-types', '/data/user/context', `/data/projects/${p}/team`];
  return { project, shots, tasks, playlist, job, movie, heard, reads };
};

/** Every read of the job, as text. */
export const readAll = async (as: Client, reads: string[]): Promise<Record<string, unknown>> => {
  const answers: Record<string, unknown> = {};
  for (const path of reads) answers[path] = await as.must('GET', path);
  return answers;
};
