import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { film, NOBODY, type Film } from '../entity/studio.fixture.ts';

let studio: Studio;
let f: Film;
const id: Record<'shot' | 'lama' | 'tree' | 'leaf' | 'foreign' | 'shared' | 'scene', string> = {} as never;
const data = () => `/data/projects/${f.project}`;
const statuses = async (ask: (as: Client) => Promise<{ status: number }>) =>
  Object.fromEntries(await Promise.all(Object.entries(f.as).map(async ([role, client]) => [role, (await ask(client)).status])));
const castingOf = async (entity: string) => (await f.admin.must('GET', `${data()}/entities/${entity}/casting`)).map((c: any) => [c.asset_name, c.nb_occurences, c.label]);

beforeAll(async () => {
  studio = await startStudio();
  f = await film(studio, 'Casting');
  const asset = async (name: string, project = f.project, more = {}) => (await f.admin.must('POST', `/data/projects/${project}/asset-types/${f.type}/assets/new`, { name, ...more })).id;
  const library = (await f.admin.must('POST', '/data/projects', { name: 'Casting library' })).id;
  id.shot = (await f.admin.must('POST', `${data()}/shots`, { name: 'SH010', sequence_id: f.sequence })).id;
  id.scene = (await f.admin.must('POST', `${data()}/scenes`, { name: 'SC010', sequence_id: f.sequence })).id;
  [id.lama, id.tree, id.leaf] = [await asset('Lama'), await asset('Tree'), await asset('Leaf')];
  [id.foreign, id.shared] = [await asset('Foreign', library), await asset('Shared', library, { is_shared: true })];
}, 60_000);
afterAll(() => studio.stop());

describe('a casting', () => {
  it('is replaced whole, and the episode keeps what its shots use', async () => {
    await f.admin.must('PUT', `${data()}/entities/${id.shot}/casting`, [{ asset_id: id.lama, nb_occurences: 2 }, { asset_id: id.tree, label: 'fixed' }]);
    expect(await castingOf(id.shot)).toEqual([['Lama', 2, ''], ['Tree', 1, 'fixed']]);
    await f.admin.must('PUT', `${data()}/entities/${id.shot}/casting`, [{ asset_id: id.lama, nb_occurences: 3 }]);
    expect(await castingOf(id.shot)).toEqual([['Lama', 3, '']]);
    expect(await castingOf(f.episode)).toEqual([['Lama', 1, ''], ['Tree', 1, 'fixed']]);
    expect((await f.admin.must('GET', `/data/shots/${id.shot}`)).nb_entities_out).toBe(1);
    expect((await f.admin.must('GET', `/data/assets/${id.tree}`)).casting_episode_ids).toEqual([f.episode]);
  });
  it('takes shared assets of other productions, and no others', async () => {
    await f.admin.must('PUT', `${data()}/entities/${id.shot}/casting`, [{ asset_id: id.foreign }, { asset_id: id.shared }, { asset_id: NOBODY }, { asset_id: id.lama }]);
    expect((await castingOf(id.shot)).map(([name]: string[]) => name)).toEqual(['Lama', 'Shared']);
    expect((await f.admin.must('GET', `${data()}/assets/shared-used`)).map((a: any) => a.name)).toEqual(['Shared']);
  });
  it('shows a shared asset as its own production has it now', async () => {
    await f.admin.must('GET', `${data()}/entities/${id.shot}/casting`);
    await f.admin.must('PUT', `/data/entities/${id.shared}`, { name: 'Shared anew' });
    expect((await castingOf(id.shot)).map(([name]: string[]) => name)).toEqual(['Lama', 'Shared anew']);
    expect((await f.admin.must('GET', `${data()}/assets/shared-used`)).map((a: any) => a.name)).toEqual(['Shared anew']);
  });
  it('of a shared asset in a production of others is told to none of its own', async () => {
    await f.admin.must('POST', '/actions/assets/share', { asset_ids: [id.tree] });
    const [there] = [(await f.admin.must('POST', '/data/projects', { name: 'Casting elsewhere' })).id];
    const shot = (await f.admin.must('POST', `/data/projects/${there}/shots`, { name: 'Hidden' })).id;
    await f.admin.must('PUT', `/data/projects/${there}/entities/${shot}/casting`, [{ asset_id: id.tree }]);
    expect((await f.admin.must('GET', `/data/assets/${id.tree}/cast-in`)).map((s: any) => s.shot_name)).toContain('Hidden');
    expect((await f.as.user.must('GET', `/data/assets/${id.tree}/cast-in`)).map((s: any) => s.shot_name)).not.toContain('Hidden');
    await f.admin.must('DELETE', `/data/shots/${shot}?force=true`);
  });
  it('is given one asset more or less, in several entities at once', async () => {
    await f.admin.must('PUT', `${data()}/entities/${id.shot}/casting`, [{ asset_id: id.lama, nb_occurences: 2 }]);
    const cast = (as: Client, body: object, asset = id.leaf) => as.put(`${data()}/entities/casting/assets/${asset}`, { entity_ids: [id.shot, id.tree], ...body });
    const told = (await cast(f.as.manager, { nb_occurences: 3, label: 'fixed' })).body;
    expect([told[id.shot], told[id.tree]]).toMatchObject([[{ asset_name: 'Lama', nb_occurences: 2 }, { asset_name: 'Leaf', nb_occurences: 3, label: 'fixed' }], [{ asset_name: 'Leaf', nb_occurences: 3 }]]);
    await cast(f.admin, { label: 'moving' });
    expect(await castingOf(id.shot)).toEqual([['Lama', 2, ''], ['Leaf', 3, 'moving']]);
    expect((await f.admin.must('GET', `/data/assets/${id.leaf}`)).casting_episode_ids).toEqual([f.episode]);
    await cast(f.admin, { nb_occurences: 0 });
    expect([await castingOf(id.shot), await castingOf(id.tree)]).toEqual([[['Lama', 2, '']], []]);
    for (const [body, asset, status] of [[{ nb_occurences: -1 }, id.leaf, 400], [{ nb_occurences: 'x' }, id.leaf, 400], [{ entity_ids: id.shot }, id.leaf, 400], [{ entity_ids: ['x'] }, id.leaf, 400], [{ entity_ids: [id.leaf] }, id.leaf, 400],
      [{ entity_ids: [NOBODY] }, id.leaf, 404], [{}, id.foreign, 404], [{}, id.scene, 404], [{}, 'x', 404]] as const) expect((await cast(f.admin, body, asset)).status, JSON.stringify(body)).toBe(status);
    expect(await statuses((as) => cast(as, {}))).toEqual({ manager: 200, supervisor: 403, user: 403, client: 403, vendor: 403, outsider: 403 });
    await cast(f.admin, { nb_occurences: 0 });
  });
  it('is set for several entities at once', async () => {
    await f.admin.must('PUT', `${data()}/entities/casting`, { [id.shot]: [{ asset_id: id.tree }], [id.tree]: [{ asset_id: id.leaf, nb_occurences: 50 }] });
    expect([await castingOf(id.shot), await castingOf(id.tree)]).toEqual([[['Tree', 1, '']], [['Leaf', 50, '']]]);
    expect((await f.admin.must('GET', `${data()}/sequences/${f.sequence}/casting`))[id.shot]).toMatchObject([{ name: 'Tree', sequence_name: 'SQ010' }]);
    expect((await f.admin.must('GET', `/data/assets/${id.leaf}/cast-in`))).toMatchObject([{ asset_id: id.tree, nb_occurences: 50 }]);
    expect((await f.admin.must('GET', `/data/assets/${id.tree}/cast-in`))).toMatchObject([{ shot_id: id.shot, episode_name: 'E02' }]);
  });
  it('is set by managers of the production', async () =>
    expect(await statuses((as) => as.put(`${data()}/entities/${id.shot}/casting`, [{ asset_id: id.tree }]))).toEqual({ manager: 200, supervisor: 403, user: 403, client: 403, vendor: 403, outsider: 403 }));
  it('is read by the team, but for vendors', async () => {
    for (const path of [`${data()}/entities/${id.shot}/casting`, `${data()}/episodes/casting`, `${data()}/sequences/all/casting`]) {
      expect(await statuses((as) => as.get(path))).toEqual({ manager: 200, supervisor: 200, user: 200, client: 200, vendor: 403, outsider: 403 });
    }
  });
  it.each([
    ['an object', { a: 1 }, 400], ['text for a number', [{ asset_id: NOBODY, nb_occurences: 'x' }], 400], ['a number too large', [{ asset_id: NOBODY, nb_occurences: 1e12 }], 400], ['an entry without asset', [{}], 400],
  ])('refuses %s', async (_, body, status) => expect((await f.admin.put(`${data()}/entities/${id.shot}/casting`, body)).status).toBe(status));
  it('refuses an entity of another production in the path', async () => expect((await f.admin.put(`${data()}/entities/${id.foreign}/casting`, [])).status).toBe(403));
  it('loses an asset that is deleted', async () => {
    await f.admin.must('PUT', `${data()}/entities/${id.shot}/casting`, [{ asset_id: id.leaf }, { asset_id: id.lama }]);
    await f.admin.must('DELETE', `/data/assets/${id.leaf}?force=true`);
    expect(await castingOf(id.shot)).toEqual([['Lama', 1, '']]);
    expect((await f.admin.must('GET', `/data/shots/${id.shot}`)).nb_entities_out).toBe(1);
  });
});

describe('casting links', () => {
  it('are made, changed and taken away one by one, by admins', async () => {
    const made = await f.admin.post('/data/entity-links', { entity_in_id: id.shot, entity_out_id: id.tree, nb_occurences: 2 });
    expect(made).toMatchObject({ status: 201, body: { entity_in_id: id.shot, nb_occurences: 2, label: '' } });
    expect((await f.admin.post('/data/entity-links', { entity_in_id: id.shot, entity_out_id: id.tree })).status).toBe(400);
    expect(await f.admin.must('PUT', `/data/entity-links/${made.body.id}`, { label: 'far', nb_occurences: 5 })).toMatchObject({ id: made.body.id, label: 'far', nb_occurences: 5 });
    expect(await castingOf(id.shot)).toEqual([['Lama', 1, ''], ['Tree', 5, 'far']]);
    expect(await statuses((as) => as.post('/data/entity-links', {}))).toEqual({ manager: 403, supervisor: 403, user: 403, client: 403, vendor: 403, outsider: 403 });
    expect([(await f.admin.delete(`/data/entity-links/${made.body.id}`)).status, (await f.admin.get(`/data/entity-links/${made.body.id}`)).status]).toEqual([204, 404]);
  });
  it('are taken away in their production by its managers', async () => {
    const links = await f.admin.must('GET', `${data()}/entity-links`);
    const [link] = links;
    const page = await f.admin.must('GET', `${data()}/entity-links?page=1&limit=1`);
    expect(page).toMatchObject({ total: links.length, nb_pages: links.length, page: 1, limit: 1, offset: 0, data: [{ type: 'EntityLink' }] });
    expect((await f.admin.get(`${data()}/entity-links?page=x`)).status).toBe(400);
    expect((await f.as.user.delete(`${data()}/entity-links/${link.id}`)).status).toBe(403);
    expect((await f.as.manager.delete(`${data()}/entity-links/${link.id}`)).body.id).toBe(link.id);
    expect((await f.as.manager.delete(`${data()}/entity-links/${link.id}`)).status).toBe(404);
  });
});

describe('sharing', () => {
  it('is for managers of every production concerned', async () => {
    expect((await f.as.manager.post('/actions/assets/share', { asset_ids: [id.lama, id.foreign] })).status).toBe(403);
    expect((await f.as.manager.post('/actions/assets/share', { asset_ids: [id.lama] })).body).toMatchObject([{ id: id.lama, is_shared: true }]);
    expect((await f.admin.post('/actions/assets/share', { asset_ids: [NOBODY] })).status).toBe(404);
  });
});

describe('instances of assets', () => {
  it('are numbered where they are placed, and seen in shots', async () => {
    const place = () => f.as.user.must('POST', `/data/scenes/${id.scene}/asset-instances`, { asset_id: id.lama });
    const [one, two] = [await place(), await place()];
    expect([one.name, two.name, two.number]).toEqual(['Lama_0001', 'Lama_0002', 2]);
    await f.as.user.must('POST', `/data/shots/${id.shot}/asset-instances`, { asset_instance_id: one.id });
    expect(Object.keys(await f.admin.must('GET', `/data/shots/${id.shot}/asset-instances`))).toEqual([id.lama]);
    expect((await f.admin.must('GET', `/data/assets/${id.lama}/shot-asset-instances`))[id.shot]).toMatchObject([{ id: one.id }]);
    expect([(await f.as.user.delete(`/data/shots/${id.shot}/asset-instances/${one.id}`)).status, (await f.as.user.delete(`/data/shots/${id.shot}/asset-instances/${one.id}`)).status]).toEqual([204, 404]);
  });
  it('are placed by the studio on the team', async () =>
    expect(await statuses((as) => as.post(`/data/scenes/${id.scene}/asset-instances`, { asset_id: id.tree }))).toEqual({ manager: 201, supervisor: 201, user: 201, client: 403, vendor: 403, outsider: 403 }));
  it('go with their asset', async () => {
    await f.admin.must('DELETE', `/data/assets/${id.tree}?force=true`);
    expect(Object.keys(await f.admin.must('GET', `/data/scenes/${id.scene}/asset-instances`))).toEqual([id.lama]);
  });
});

describe('assets that are ready', () => {
  it('are counted on the tasks of the shots that cast them, for their task type and what comes before', async () => {
    const types = await Promise.all(['Layout', 'Animation', 'Lighting'].map(async (name, i) => {
      const task_type_id = (await f.admin.must('POST', '/data/task-types', { name: `Ready ${name}`, for_entity: 'Shot', color: '#112233' })).id;
      await f.admin.must('POST', '/data/task-type-links', { project_id: f.project, task_type_id, priority: i + 1 });
      return task_type_id as string;
    }));
    const shot = (await f.admin.must('POST', `${data()}/shots`, { name: 'SH900', sequence_id: f.sequence })).id;
    const [one, two] = await Promise.all(['Ready one', 'Ready two'].map(async (name) => (await f.admin.must('POST', `${data()}/asset-types/${f.type}/assets/new`, { name })).id as string));
    const tasks = await Promise.all(types.map(async (type) => (await f.admin.must('POST', `/actions/projects/${f.project}/task-types/${type}/shots/create-tasks`, [shot]))[0].id as string));
    const ready = () => Promise.all(tasks.map(async (id) => (await f.admin.must('GET', `/data/tasks/${id}`)).nb_assets_ready));
    const make = (id: string, changes: object) => f.admin.must('PUT', `/data/entities/${id}`, changes);
    await f.admin.must('PUT', `${data()}/entities/${shot}/casting`, [{ asset_id: one, nb_occurences: 4 }, { asset_id: two }]);
    expect(await ready()).toEqual([0, 0, 0]);
    await make(one!, { ready_for: types[1] });
    expect(await ready()).toEqual([1, 1, 0]);
    await make(two!, { ready_for: types[2] });
    expect(await ready()).toEqual([2, 2, 1]);
    expect((await f.admin.must('GET', `/data/shots/with-tasks?project_id=${f.project}`)).find((s: any) => s.id === shot).tasks.map((t: any) => t.nb_assets_ready).sort()).toEqual([1, 2, 2]);
    await f.admin.must('POST', `/actions/projects/${f.project}/task-type-links/reorder`, { task_type_ids: [types[2], types[0], types[1]] });
    expect(await ready()).toEqual([1, 1, 2]);
    await f.admin.must('PUT', `${data()}/entities/${shot}/casting`, [{ asset_id: one }]);
    expect(await ready()).toEqual([1, 1, 1]);
    await make(one!, { canceled: true });
    expect(await ready()).toEqual([0, 0, 0]);
    await make(one!, { canceled: false });
    await f.admin.must('DELETE', `/data/assets/${one}?force=true`);
    expect(await ready()).toEqual([0, 0, 0]);
  });
});
