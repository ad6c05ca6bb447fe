import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsServer } from '@shotlog/kernel/nats-server';
import { startStudio, type Client, type Studio } from './studio.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let studio: Studio;
let admin: Client;
let nats: NatsConnection;
/** What integrators heard, by name. */
const heard: { name: string; payload: Record<string, unknown> }[] = [];

beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  nats = await connect({ ...natsServer(studio.embedded.natsUrl) });
  const all = nats.subscribe('>');
  await nats.flush();
  void (async () => {
    for await (const message of all) if (/^[\w-]+:[\w-]+$/.test(message.subject)) heard.push({ name: message.subject, payload: message.json() });
  })();
}, 60_000);
afterAll(async () => {
  await nats?.close();
  await studio?.stop();
});

/** A little of what each service tells. */
const work = async (): Promise<string> => {
  const post = (path: string, body: unknown = {}) => admin.must('POST', path, body);
  const p = (await post('/data/projects', { name: 'Told', production_type: 'tvshow' })).id;
  const [type, status, kind] = [(await post('/data/task-types', { name: 'Told', for_entity: 'Shot', color: '#112233' })).id, (await post('/data/task-status', { name: 'Told', short_name: 'told', color: '#112233', is_feedback_request: true })).id,
    (await post('/data/entity-types', { name: 'Told' })).id];
  const episode_id = (await post(`/data/projects/${p}/episodes`, { name: 'E01' })).id;
  const sequence_id = (await post(`/data/projects/${p}/sequences`, { name: 'SQ', episode_id })).id;
  const shot = (await post(`/data/projects/${p}/shots`, { name: 'SH', sequence_id })).id;
  const asset = (await post(`/data/projects/${p}/asset-types/${kind}/assets/new`, { name: 'Cup' })).id;
  await admin.must('PUT', `/data/projects/${p}/entities/${shot}/casting`, [{ asset_id: asset, nb_occurences: 2 }]);
  const [task] = await post(`/actions/projects/${p}/task-types/${type}/shots/create-tasks`, [shot]);
  const ann = (await post('/data/persons', { first_name: 'Ann', last_name: 'Told', email: 'ann@told.studio', role: 'user' })).id;
  await post(`/data/projects/${p}/team`, { person_id: ann });
  await admin.must('PUT', `/actions/tasks/${task.id}/assign`, { person_id: ann });
  const comment = (await post(`/actions/tasks/${task.id}/comment`, { task_status_id: status, comment: 'look' })).id;
  await post(`/actions/tasks/${task.id}/comments/${comment}/add-preview`);
  await post(`/data/tasks/${task.id}/comments/${comment}/ack`);
  await post(`/actions/tasks/${task.id}/time-spents/2024-03-04/persons/${ann}`, { duration: 60 });
  const list = (await post('/data/playlists', { name: 'Dailies', project_id: p, for_entity: 'shot', shots: [] })).id;
  await post(`/actions/playlists/${list}/add-entity`, { entity_id: shot });
  await post(`/data/projects/${p}/budgets`, { name: 'Money' });
  await post(`/actions/user/tasks/${task.id}/subscribe`);
  await admin.must('DELETE', `/data/shots/${shot}?force=true`);
  return p;
};

describe('the record of what was told', () => {
  it('holds what every service told, but for what concerns one person alone or only passes by', async () => {
    const project_id = await work();
    const record = async (): Promise<{ name: string; data: Record<string, unknown> }[]> => admin.must('GET', `/data/events/last?limit=1000&project_id=${project_id}`);
    const unkept = ['comment:acknowledge', 'notification:new', 'subscription:new', 'task:update-casting-stats', 'project:new'];
    const told = () => heard.filter((m) => m.payload.project_id === project_id && !unkept.includes(m.name));
    const lines = (list: { name: string; payload: unknown }[]) => list.map(({ name, payload }) => `${name} ${JSON.stringify(Object.entries(payload as object).sort())}`).sort();
    // What files does of a deleted shot's previews comes a little later.
    await expect.poll(async () => {
      const [there, here] = [lines((await record()).map(({ name, data }) => ({ name, payload: data }))), lines(told())];
      return { missing: here.filter((line) => !there.includes(line)), untold: there.filter((line) => !here.includes(line)), ended: here.some((line) => line.startsWith('preview-file:delete')) };
    }, { timeout: 15_000 }).toEqual({ missing: [], untold: [], ended: true });
    expect([...new Set((await record()).map((e) => e.name))]).toEqual(expect.arrayContaining(['asset:new', 'asset:update', 'budget:create', 'comment:new', 'comment:update', 'entity-link:new', 'news:new', 'playlist:add_entity', 'preview-file:new',
      'shot:casting-update', 'shot:delete', 'task:assign', 'task:delete', 'task:status-changed', 'task:to-review', 'time-spent:new']));
  });
});
