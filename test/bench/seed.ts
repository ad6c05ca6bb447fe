import { must, type Server } from './load.ts';

/** What the measured requests need to know of a server's data. */
export type Seeded = { small: Production; large: Production; wip: string; retake: string; playlist_id: string };
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

/** The same data on both servers: a production of 400 shots and one of 2,000, four tasks a shot, and a playlist of 100 entries. */
export const seed = async (server: Server, large: number): Promise<Seeded> => {
  const types = (await must(server, 'GET', '/data/task-types')).filter((t: any) => t.for_entity === 'Shot').slice(0, 4).map((t: any) => t.id);
  const statuses = await must(server, 'GET', '/data/task-status');
  const status = (short: string) => statuses.find((s: any) => s.short_name === short).id;
  const name = `Bench ${Date.now()}`;
  const [small, big] = [await production(server, `${name} small`, 400, types, statuses.map((s: any) => s.id)), await production(server, `${name} large`, large, types, statuses.map((s: any) => s.id))];
  const playlist = await must(server, 'POST', '/data/playlists', { name: 'Bench', project_id: small.project_id, for_entity: 'shot', shots: small.shots.slice(0, 100).map((entity_id) => ({ entity_id, preview_file_id: null })) });
  return { small, large: big, wip: status('wip'), retake: status('retake'), playlist_id: playlist.id };
};
