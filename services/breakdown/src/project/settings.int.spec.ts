import { newId } from '@shotlog/kernel';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const [anim, model, wip, done, rule, sky] = [newId(), newId(), newId(), newId(), newId(), newId()];
let alone: Alone;
let admin: AloneClient, manager: AloneClient, supervisor: AloneClient, stranger: AloneClient;
let film: string, prop: string, settings: string;
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;
const open = async () => (await admin.get('/data/projects/open?name=Film')).body[0];

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  for (const [id, name] of [[anim, 'Animation'], [model, 'Modeling']]) await alone.facts(`task_type-${id}`, taskType.events.created({ task_type_id: id, name, for_entity: 'Shot' }));
  for (const [id, name] of [[wip, 'Wip'], [done, 'Done']]) await alone.facts(`task_status-${id}`, taskStatus.events.created({ task_status_id: id, name, short_name: name, color: '#000000' }));
  await alone.facts(`status_automation-${rule}`, statusAutomation.events.created({ status_automation_id: rule, entity_type: 'shot' }));
  await alone.facts(`preview_background_file-${sky}`, previewBackgroundFile.events.created({ preview_background_file_id: sky, name: 'Sky' }));
  admin = await alone.person('admin');
  film = (await admin.must('POST', '/data/projects', { name: 'Film' })).id;
  prop = (await admin.must('POST', '/data/entity-types', { name: 'Prop of ours' })).id;
  settings = `/data/projects/${film}/settings`;
  [manager, supervisor, stranger] = [await alone.person('manager', [film]), await alone.person('supervisor', [film]), await alone.person('manager')];
});
afterAll(() => alone?.stop());

describe('settings of a production', () => {
  it('hold task types with priorities', async () => {
    expect(await manager.post(`${settings}/task-types`, { task_type_id: anim, priority: 1 })).toMatchObject({ status: 201, body: { id: film, type: 'Project' } });
    await admin.must('POST', `${settings}/task-types`, { task_type_id: model });
    expect(await admin.must('POST', '/data/task-type-links', { project_id: film, task_type_id: anim, priority: 5 })).toMatchObject({ priority: 5, type: 'ProjectTaskTypeLink' });
    expect((await open()).task_types_priority).toEqual({ [anim]: 5, [model]: null });
    const links = await admin.must('POST', `/actions/projects/${film}/task-type-links/reorder`, { task_type_ids: [model, anim] });
    expect(links.map((l: any) => [l.task_type_id, l.priority])).toEqual([[model, 1], [anim, 2]]);
    expect(await statusOf(admin.delete(`${settings}/task-types/${model}`))).toBe(204);
    expect((await open()).task_types).toEqual([anim]);
  });
  it('hold task statuses with the roles of the board', async () => {
    await admin.must('POST', `${settings}/task-status`, { task_status_id: wip });
    await admin.must('POST', '/data/task-status-links', { project_id: film, task_status_id: done, priority: 2, roles_for_board: ['user'] });
    expect((await open()).task_statuses_link).toEqual({ [wip]: { priority: null, roles_for_board: ['user', 'admin', 'supervisor', 'manager', 'vendor'] }, [done]: { priority: 2, roles_for_board: ['user'] } });
    expect((await supervisor.get(`${settings}/task-status`)).body.map((s: any) => s.name)).toEqual(['Done', 'Wip']);
    await admin.must('POST', `/actions/projects/${film}/task-status-links/reorder`, { task_status_ids: [wip, done] });
    expect((await supervisor.get(`${settings}/task-status`)).body.map((s: any) => s.name)).toEqual(['Wip', 'Done']);
    await admin.must('DELETE', `${settings}/task-status/${done}`);
    expect((await open()).task_statuses).toEqual([wip]);
  });
  it('hold asset types, automations and backgrounds', async () => {
    await admin.must('POST', `${settings}/asset-types`, { asset_type_id: prop });
    await admin.must('POST', `${settings}/status-automations`, { status_automation_id: rule });
    await admin.must('POST', `${settings}/preview-background-files`, { preview_background_file_id: sky });
    expect((await admin.get(`${settings}/status-automations`)).body).toMatchObject([{ id: rule, type: 'StatusAutomation' }]);
    expect((await admin.get(`${settings}/preview-background-files`)).body).toMatchObject([{ id: sky, name: 'Sky' }]);
    expect(await open()).toMatchObject({ asset_types: [prop], status_automations: [rule], preview_background_files: [sky] });
    for (const path of [`asset-types/${prop}`, `status-automations/${rule}`, `preview-background-files/${sky}`]) expect(await statusOf(admin.delete(`${settings}/${path}`))).toBe(204);
    expect(await open()).toMatchObject({ asset_types: [], status_automations: [], preview_background_files: [] });
  });
  it('come many at once; what the studio does not have is passed over', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Batch' });
    await admin.must('POST', `/data/projects/${id}/settings/batch`, { task_types: [{ task_type_id: anim, priority: 3 }, { task_type_id: NOBODY }], task_status_ids: [wip, NOBODY], asset_type_ids: [prop] });
    expect((await admin.get(`/data/projects/${id}`)).body).toMatchObject({ task_types: [anim], task_statuses: [wip], asset_types: [prop] });
    for (const [path, used] of [['task-types', anim], ['task-status', wip]]) expect((await admin.must('GET', `/data/projects/${id}/settings/${path}`)).map((t: any) => t.id), path).toEqual([used]);
    expect(await statusOf(admin.get(`/data/projects/${NOBODY}/settings/task-types`))).toBe(404);
  });
  it('go with what the studio gives up', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Poorer' });
    const gone = newId();
    await alone.facts(`task_type-${gone}`, taskType.events.created({ task_type_id: gone, name: 'Gone' }));
    await admin.must('POST', `/data/projects/${id}/settings/task-types`, { task_type_id: gone });
    await alone.facts(`task_type-${gone}`, taskType.events.deleted({ task_type_id: gone }));
    expect((await admin.get(`/data/projects/${id}`)).body.task_types).toEqual([]);
  });
  it('refuse what is not there or is no id', async () => {
    for (const [path, key] of [['task-types', 'task_type_id'], ['task-status', 'task_status_id'], ['asset-types', 'asset_type_id'], ['status-automations', 'status_automation_id'], ['preview-background-files', 'preview_background_file_id']]) {
      for (const value of [NOBODY, 'x', undefined, 3]) expect(await statusOf(admin.post(`${settings}/${path}`, { [key!]: value })), `${path} ${value}`).toBe(400);
      expect(await statusOf(admin.delete(`${settings}/${path}/x`))).toBe(404);
      expect(await statusOf(admin.delete(`${settings}/${path}/${NOBODY}`))).toBe(204);
    }
    expect(await statusOf(admin.post(`/data/projects/${NOBODY}/settings/task-types`, { task_type_id: anim }))).toBe(404);
    expect(await statusOf(admin.post(`${settings}/task-types`, { task_type_id: anim, priority: 'first' }))).toBe(400);
    expect(await statusOf(admin.post('/data/task-status-links', { project_id: film, task_status_id: wip, roles_for_board: ['nobody'] }))).toBe(400);
    expect(await statusOf(admin.post('/data/task-type-links', { project_id: NOBODY, task_type_id: anim }))).toBe(404);
    expect(await statusOf(admin.post(`/actions/projects/${film}/task-type-links/reorder`, {}))).toBe(400);
  });
  it('are changed by managers of the team only', async () => {
    for (const someone of [supervisor, stranger]) {
      for (const path of [`${settings}/task-types`, `${settings}/asset-types`, `${settings}/batch`, `/actions/projects/${film}/task-status-links/reorder`]) expect(await statusOf(someone.post(path, { task_type_id: anim, asset_type_id: prop, task_status_ids: [] }))).toBe(403);
      expect(await statusOf(someone.post('/data/task-type-links', { project_id: film, task_type_id: anim }))).toBe(403);
    }
    expect(await statusOf(stranger.get(`${settings}/task-status`))).toBe(403);
  });
});

describe('team of a production', () => {
  const inTeam = async () => (await admin.get(`/data/projects/${film}`)).body.team as string[];
  it('takes people in and lets them go', async () => {
    const paula = await alone.person('user');
    expect(await statusOf(manager.post(`/data/projects/${film}/team`, { person_id: paula.id }))).toBe(201);
    expect(await inTeam()).toContain(paula.id);
    expect(await statusOf(paula.get(`/data/projects/${film}`))).toBe(200);
    expect(await statusOf(manager.delete(`/data/projects/${film}/team/${paula.id}`))).toBe(204);
    expect(await statusOf(paula.get(`/data/projects/${film}`))).toBe(403);
  });
  it('gives a role of its own, which counts at once', async () => {
    const max = await alone.person('user');
    await admin.must('POST', `/data/projects/${film}/team`, { person_id: max.id });
    expect((await admin.put(`/data/projects/${film}/team/${max.id}`, { role: 'manager' })).body).toEqual({ project_id: film, person_id: max.id, role: 'manager' });
    expect(await statusOf(max.put(`/data/projects/${film}`, { fps: '12' }))).toBe(200);
    expect((await admin.put(`/data/projects/${film}/team/${max.id}`, {})).body.role).toBeNull();
    expect(await statusOf(max.put(`/data/projects/${film}`, { fps: '13' }))).toBe(403);
  });
  it('refuses strangers, nonsense and those who do not manage', async () => {
    const team = `/data/projects/${film}/team`;
    for (const body of [{}, { person_id: NOBODY }, { person_id: 'x' }, { person_id: supervisor.id, role: 'admin' }]) expect(await statusOf(admin.post(team, body))).toBe(400);
    expect(await statusOf(admin.put(`${team}/${stranger.id}`, { role: 'user' }))).toBe(400);
    expect(await statusOf(admin.put(`${team}/${manager.id}`, { role: 'admin' }))).toBe(400);
    expect(await statusOf(admin.delete(`${team}/x`))).toBe(404);
    expect(await statusOf(supervisor.post(team, { person_id: stranger.id }))).toBe(403);
    expect(await statusOf(stranger.get(team))).toBe(403);
    expect(await statusOf(admin.get(`/data/projects/${NOBODY}/team`))).toBe(404);
  });
});
