import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClip } from '@shotlog/media/testing';
import { must, type Server } from './load.ts';

/** What the measured requests need to know of a server's data. `picture` and `movie` are preview files. */
export type Seeded = { small: Production; large: Production; assets: string[]; person_id: string; wip: string; retake: string; playlist_id: string; picture: string; movie: string };
export type Production = { project_id: string; sequence_id: string; shots: string[]; tasks: string[] };

const inParts = async <T, R>(items: T[], at_once: number, work: (item: T) => Promise<R>): Promise<R[]> => {
  const answers: R[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: at_once }, async () => {
    while (next < items.length) {
      const i = next++;
      answers[i] = await work(items[i]!);
    }
  }));
  return answers;
};

const production = async (server: Server, name: string, shots: number, types: string[], statuses: string[]): Promise<Production> => {
  const project = await must(server, 'POST', '/data/projects', { name, production_type: 'short' });
  for (const task_type_id of types) await must(server, 'POST', `/data/projects/${project.id}/settings/task-types`, { task_type_id, priority: 1 });
  for (const task_status_id of statuses) await must(server, 'POST', `/data/projects/${project.id}/settings/task-status`, { task_status_id });
  const sequence = await must(server, 'POST', `/data/projects/${project.id}/sequences`, { name: 'SQ010' });
  const ids = await inParts(Array.from({ length: shots }, (_, i) => `SH${String(i).padStart(5, '0')}`), 4, async (shot) =>
    (await must(server, 'POST', `/data/projects/${project.id}/shots`, { name: shot, sequence_id: sequence.id, nb_frames: 50, data: { frame_in: 1, frame_out: 50 } })).id as string);
  const tasks: string[] = [];
  for (const type of types) {
    for (let i = 0; i < ids.length; i += 200) {
      tasks.push(...(await must(server, 'POST', `/actions/projects/${project.id}/task-types/${type}/shots/create-tasks`, ids.slice(i, i + 200))).map((t: any) => t.id));
    }
  }
  return { project_id: project.id, sequence_id: sequence.id, shots: ids, tasks };
};

/** What is shown: a movie of four seconds and one of its pictures, made once for all servers. */
const files = (async () => {
  const options = { size: '1280x720', seconds: 4, source: 'testsrc2=size=1280x720:rate=25' };
  const [movie, picture] = [await makeClip(join(tmpdir(), `shotlog-bench-${process.pid}.mp4`), options), await makeClip(join(tmpdir(), `shotlog-bench-${process.pid}.png`), { ...options, sound: false, more: ['-frames:v', '1', '-pix_fmt', 'rgb24'] })];
  const read = { movie: await readFile(movie), picture: await readFile(picture) };
  await Promise.all([movie, picture].map((path) => rm(path)));
  return read;
})();
const READY_MS = 120_000;

/** A preview file of a task with its bytes, once it is ready. */
const publish = async (server: Server, task: string, task_status_id: string, name: string, bytes: Buffer): Promise<string> => {
  const comment = await must(server, 'POST', `/actions/tasks/${task}/comment`, { task_status_id, comment: 'Please look' });
  const { id } = await must(server, 'POST', `/actions/tasks/${task}/comments/${comment.id}/add-preview`, {});
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), name);
  const answer = await fetch(`${server.base}/pictures/preview-files/${id}`, { method: 'POST', headers: { authorization: `Bearer ${server.token}` }, body: form });
  if (!answer.ok) throw new Error(`${server.name}: the upload of ${name} answered ${answer.status}`);
  for (const end = Date.now() + READY_MS; ;) {
    const { status } = await must(server, 'GET', `/data/preview-files/${id}`);
    if (status === 'ready') return id;
    if (status === 'broken' || Date.now() > end) throw new Error(`${server.name}: ${name} is ${status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Playlists beside the one that is measured, and what makes news and todos of the admin. */
const dailyWork = async (server: Server, { project_id, shots, tasks }: Production, task_status_id: string): Promise<void> => {
  const entries = shots.slice(0, 20).map((entity_id) => ({ entity_id, preview_file_id: null }));
  await inParts(Array.from({ length: 20 }, (_, n) => n), 4, (n) => must(server, 'POST', '/data/playlists', { name: `Dailies ${n}`, project_id, for_entity: 'shot', shots: entries }));
  await inParts(tasks.slice(0, 100), 4, (task) => must(server, 'POST', `/actions/tasks/${task}/comment`, { task_status_id, comment: 'Begun' }));
  const { user } = await must(server, 'GET', '/auth/authenticated');
  await must(server, 'PUT', `/actions/persons/${user.id}/assign`, { task_ids: tasks.slice(0, 100) });
};

/** Assets with tasks, each shot cast from them, and hours of one who works on the tasks. */
const cast = async (server: Server, { project_id, shots, tasks }: Production): Promise<{ assets: string[]; person_id: string }> => {
  const [type] = await must(server, 'GET', '/data/asset-types');
  const assets = await inParts(Array.from({ length: 60 }, (_, n) => `Asset ${n}`), 4, async (asset) => (await must(server, 'POST', `/data/projects/${project_id}/asset-types/${type.id}/assets/new`, { name: asset })).id as string);
  const taskType = (await must(server, 'GET', '/data/task-types')).find((t: any) => t.for_entity === 'Asset').id;
  await must(server, 'POST', `/data/projects/${project_id}/settings/task-types`, { task_type_id: taskType, priority: 1 });
  await must(server, 'POST', `/actions/projects/${project_id}/task-types/${taskType}/assets/create-tasks`, assets);
  await inParts(shots.slice(0, 50), 4, (shot) => must(server, 'PUT', `/data/projects/${project_id}/entities/${shot}/casting`, assets.slice(0, 10).map((asset_id) => ({ asset_id, nb_occurences: 1 }))));
  const { user } = await must(server, 'GET', '/auth/authenticated');
  await inParts(tasks.slice(0, 100), 4, (task) => must(server, 'POST', `/actions/tasks/${task}/time-spents/2024-03-04/persons/${user.id}`, { duration: 60 }));
  return { assets, person_id: user.id };
};

/**
 * The same data on both servers: a production of 400 shots and one of 2,000, four tasks a shot; in the smaller one a playlist of 100 entries and
 * 20 others, 100 comments and todos, 60 assets in 50 shots, hours, a picture and a movie.
 */
export const seed = async (server: Server, large: number): Promise<Seeded> => {
  const types = (await must(server, 'GET', '/data/task-types')).filter((t: any) => t.for_entity === 'Shot').slice(0, 4).map((t: any) => t.id);
  const statuses = await must(server, 'GET', '/data/task-status');
  const status = (short: string) => statuses.find((s: any) => s.short_name === short).id;
  const name = `Bench ${Date.now()}`;
  const [small, big] = [await production(server, `${name} small`, 400, types, statuses.map((s: any) => s.id)), await production(server, `${name} large`, large, types, statuses.map((s: any) => s.id))];
  const playlist = await must(server, 'POST', '/data/playlists', { name: 'Bench', project_id: small.project_id, for_entity: 'shot', shots: small.shots.slice(0, 100).map((entity_id) => ({ entity_id, preview_file_id: null })) });
  await dailyWork(server, small, status('wip'));
  const { movie, picture } = await files;
  return { ...(await cast(server, small)), small, large: big, wip: status('wip'), retake: status('retake'), playlist_id: playlist.id,
    picture: await publish(server, small.tasks[0]!, status('wip'), 'frame.png', picture), movie: await publish(server, small.tasks[1]!, status('wip'), 'take.mp4', movie) };
};
