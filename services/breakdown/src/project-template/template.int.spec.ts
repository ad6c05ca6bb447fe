import { newId } from '@shotlog/kernel';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { taskStatus } from '@shotlog/tasks/task-status/task-status';
import { taskType } from '@shotlog/tasks/task-type/task-type';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const [anim, model, wip, rule, sky] = [newId(), newId(), newId(), newId(), newId()];
const templates = '/data/project-templates';
let alone: Alone;
let admin: AloneClient, manager: AloneClient, artist: AloneClient, prop: string, series: string, at: string;
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  for (const [id, name] of [[anim, 'Animation'], [model, 'Modeling']]) await alone.facts(`task_type-${id}`, taskType.events.created({ task_type_id: id, name, for_entity: 'Shot' }));
  await alone.facts(`task_status-${wip}`, taskStatus.events.created({ task_status_id: wip, name: 'Wip', short_name: 'wip', color: '#000000' }));
  await alone.facts(`status_automation-${rule}`, statusAutomation.events.created({ status_automation_id: rule, entity_type: 'shot' }));
  await alone.facts(`preview_background_file-${sky}`, previewBackgroundFile.events.created({ preview_background_file_id: sky, name: 'Sky', is_default: false }));
  [admin, manager, artist] = [await alone.person('admin'), await alone.person('manager'), await alone.person('user')];
  prop = (await admin.must('POST', '/data/entity-types', { name: 'Prop of ours' })).id;
  series = (await admin.must('POST', templates, { name: 'Series', fps: '24', production_type: 'tvshow' })).id;
  at = `${templates}/${series}`;
});
afterAll(() => alone?.stop());

describe('templates', () => {
  it('are made by admins and read by managers', async () => {
    expect((await manager.get(at)).body).toMatchObject({ name: 'Series', fps: '24', homepage: 'assets', metadata_descriptors: [], task_types: [], type: 'ProjectTemplate' });
    expect((await manager.get(`${templates}?name=Series`)).body).toHaveLength(1);
    for (const path of [templates, at, `${at}/task-types`, `${at}/asset-types`]) expect(await statusOf(artist.get(path))).toBe(403);
    for (const someone of [manager, artist]) {
      expect(await statusOf(someone.post(templates, { name: 'Mine' }))).toBe(403);
      expect(await statusOf(someone.put(at, { fps: '12' }))).toBe(403);
      expect(await statusOf(someone.delete(at))).toBe(403);
      expect(await statusOf(someone.post(`${at}/task-types`, { task_type_id: anim }))).toBe(403);
      expect(await statusOf(someone.post(`${templates}/from-project/${NOBODY}`, { name: 'Mine' }))).toBe(403);
    }
  });
  it('refuse what is missing, taken or malformed', async () => {
    for (const body of [{}, { name: '' }, { name: 'Series' }, { name: 'A', fps: 'x'.repeat(11) }, { name: 'A', metadata_descriptors: 'x' }]) expect(await statusOf(admin.post(templates, body))).toBe(400);
    for (const body of [{ name: null }, { metadata_descriptors: [{}] }]) expect(await statusOf(admin.put(at, body))).toBe(400);
    expect(await statusOf(admin.get(`${templates}/x`))).toBe(400);
    for (const path of [`${templates}/${NOBODY}`, `${templates}/${NOBODY}/task-types`, `${templates}/${NOBODY}/preview-background-files`]) expect(await statusOf(admin.get(path))).toBe(404);
    for (const [path, key] of [['task-types', 'task_type_id'], ['task-statuses', 'task_status_id'], ['asset-types', 'asset_type_id'], ['status-automations', 'status_automation_id'], ['preview-background-files', 'preview_background_file_id']]) {
      for (const value of [NOBODY, 'x', undefined]) expect(await statusOf(admin.post(`${at}/${path}`, { [key!]: value })), path).toBe(400);
      expect(await statusOf(admin.delete(`${at}/${path}/${NOBODY}`))).toBe(204);
      expect(await statusOf(admin.delete(`${at}/${path}/x`))).toBe(404);
    }
    expect(await statusOf(admin.put(`${at}/default-preview-background-file`, { default_preview_background_file_id: sky }))).toBe(400);
    expect(await statusOf(admin.post(`/actions/project-templates/${series}/task-types/reorder`, { task_type_ids: [NOBODY] }))).toBe(400);
  });
  it('link what productions start with, and let it go again', async () => {
    const { id } = await admin.must('POST', templates, { name: 'Links' });
    const own = `${templates}/${id}`;
    expect(await admin.must('POST', `${own}/task-types`, { task_type_id: anim, priority: 1 })).toMatchObject({ priority: 1, type: 'ProjectTemplateTaskTypeLink' });
    await admin.must('POST', `${own}/task-types`, { task_type_id: model, priority: 2 });
    expect((await admin.must('POST', `/actions/project-templates/${id}/task-types/reorder`, { task_type_ids: [model, anim] })).map((l: any) => l.task_type_id)).toEqual([model, anim]);
    expect((await admin.get(`${own}/task-types`)).body).toMatchObject([{ id: model, priority: 1 }, { id: anim, priority: 2 }]);
    await admin.must('POST', `${own}/task-statuses`, { task_status_id: wip, roles_for_board: ['user'] });
    expect((await admin.get(`${own}/task-statuses`)).body).toMatchObject([{ id: wip, priority: null, roles_for_board: ['user'] }]);
    await admin.must('POST', `/actions/project-templates/${id}/task-statuses/reorder`, { task_status_ids: [wip] });
    expect(await admin.must('POST', `${own}/asset-types`, { asset_type_id: prop })).toMatchObject({ id: prop });
    await admin.must('POST', `${own}/status-automations`, { status_automation_id: rule });
    await admin.must('POST', `${own}/preview-background-files`, { preview_background_file_id: sky });
    await admin.must('PUT', `${own}/default-preview-background-file`, { default_preview_background_file_id: sky });
    expect((await admin.get(own)).body).toMatchObject({ asset_types: [prop], status_automations: [rule], preview_background_files: [sky], default_preview_background_file_id: sky });
    for (const path of [`task-types/${anim}`, `task-statuses/${wip}`, `asset-types/${prop}`, `status-automations/${rule}`, `preview-background-files/${sky}`]) expect(await statusOf(admin.delete(`${own}/${path}`))).toBe(204);
    expect((await admin.get(own)).body).toMatchObject({ task_types: [model], task_statuses: [], asset_types: [], status_automations: [], preview_background_files: [], default_preview_background_file_id: null });
    expect(await statusOf(admin.delete(own))).toBe(204);
    expect(await statusOf(admin.get(own))).toBe(404);
  });
});

describe('productions and templates', () => {
  beforeAll(async () => {
    await admin.must('POST', `${at}/task-types`, { task_type_id: anim, priority: 3 });
    await admin.must('POST', `${at}/task-statuses`, { task_status_id: wip });
    await admin.must('POST', `${at}/asset-types`, { asset_type_id: prop });
    await admin.must('PUT', `${at}/metadata-descriptors`, { metadata_descriptors: [{ name: 'Weather', entity_type: 'Shot', data_type: 'list', choices: ['sun'], field_name: 'weather' }] });
  });
  it('are made like one; what is said goes before the template', async () => {
    const born = await admin.must('POST', '/data/projects', { name: 'Born', fps: '30', project_template_id: series });
    expect(born).toMatchObject({ fps: '30', production_type: 'tvshow', task_types: [anim], task_statuses: [wip], asset_types: [prop] });
    expect(born.first_episode_id).toMatch(/-/);
    expect((await admin.get(`/data/projects/${born.id}/metadata-descriptors`)).body).toMatchObject([{ name: 'Weather', choices: ['sun'] }]);
  });
  it('become like one, keeping what they have', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Becomes', data: { kept: 1 } });
    await admin.must('POST', `/data/projects/${id}/settings/task-types`, { task_type_id: model });
    await admin.must('POST', `/data/projects/${id}/metadata-descriptors`, { name: 'Weather', entity_type: 'Shot' });
    expect(await admin.must('POST', `/data/projects/${id}/apply-template/${series}`)).toMatchObject({ fps: '24', production_type: 'tvshow', data: { kept: 1 } });
    expect(new Set((await admin.get(`/data/projects/${id}`)).body.task_types)).toEqual(new Set([anim, model]));
    expect((await admin.get(`/data/projects/${id}/metadata-descriptors`)).body).toHaveLength(1);
    expect(await statusOf(admin.post(`/data/projects/${id}/apply-template/${NOBODY}`))).toBe(404);
    expect(await statusOf(admin.post(`/data/projects/${NOBODY}/apply-template/${series}`))).toBe(404);
    expect(await statusOf(manager.post(`/data/projects/${id}/apply-template/${series}`))).toBe(403);
  });
  it('become templates', async () => {
    const { id } = await admin.must('POST', '/data/projects', { name: 'Model', project_template_id: series, max_retakes: 4 });
    const made = await admin.must('POST', `${templates}/from-project/${id}`, { name: 'Of model', description: 'Again' });
    expect(made).toMatchObject({ name: 'Of model', description: 'Again', max_retakes: 4, fps: '24', task_types: [anim], asset_types: [prop], metadata_descriptors: [{ name: 'Weather', field_name: 'weather' }] });
    expect((await admin.get(`${templates}/${made.id}/task-types`)).body).toMatchObject([{ id: anim, priority: 3 }]);
    expect(await statusOf(admin.post(`${templates}/from-project/${id}`, { name: 'Of model' }))).toBe(400);
    expect(await statusOf(admin.post(`${templates}/from-project/${id}`, {}))).toBe(400);
    expect(await statusOf(admin.post(`${templates}/from-project/${NOBODY}`, { name: 'x' }))).toBe(404);
  });
});
