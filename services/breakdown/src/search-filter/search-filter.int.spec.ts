import { newId, PersonDeleted } from '@shotlog/kernel';
import { department } from '@shotlog/auth/department/department';
import { Alone, type AloneClient } from '@shotlog/test/alone';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { breakdown } from '../index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
const [filters, groups, layout] = ['/data/user/filters', '/data/user/filter-groups', newId()];
let alone: Alone;
let admin: AloneClient, manager: AloneClient, ned: AloneClient, mia: AloneClient, film: string;
const statusOf = async (reply: Promise<{ status: number }>) => (await reply).status;
const search = (more: object = {}) => ({ list_type: 'shot', name: 'Late', query: 'late=yes', project_id: film, ...more });
const seen = async (as: AloneClient, path = filters) => ((await as.get(path)).body.shot?.[film] ?? []).map((f: any) => f.name);

beforeAll(async () => {
  alone = await Alone.start(breakdown);
  admin = await alone.person('admin');
  film = (await admin.must('POST', '/data/projects', { name: 'Film' })).id;
  await alone.facts(`department-${layout}`, department.events.created({ department_id: layout, name: 'Layout', color: '#000000' }));
  [manager, ned, mia] = [await alone.person('manager', [film]), await alone.person('user', [film]), await alone.person('user', [film])];
});
afterAll(() => alone?.stop());

describe('searches that a person keeps', () => {
  it('are the person\'s, by list and production', async () => {
    const made = await ned.must('POST', filters, search({ entity_type: 'Shot' }));
    expect(made).toMatchObject({ name: 'Late', search_query: 'late=yes', person_id: ned.id, is_shared: false, type: 'SearchFilter' });
    await ned.must('POST', filters, { name: 'Mine', query: 'x' });
    expect((await ned.get(filters)).body).toMatchObject({ shot: { [film]: [{ id: made.id }] }, todo: { all: [{ name: 'Mine' }] } });
    expect(await seen(mia)).toEqual([]);
    expect((await ned.put(`${filters}/${made.id}`, { name: 'Later', search_query: 'later' })).body).toMatchObject({ name: 'Later', search_query: 'later' });
    for (const send of [mia.put, mia.delete]) expect(await statusOf(send(`${filters}/${made.id}`))).toBe(404);
    expect(await statusOf(ned.delete(`${filters}/${made.id}`))).toBe(204);
    expect(await seen(ned)).toEqual([]);
  });
  it('are shared by whoever manages the production, and seen by its team', async () => {
    const made = await manager.must('POST', filters, search({ name: 'For all', is_shared: true }));
    expect((await ned.post(filters, search({ name: 'For me', is_shared: true }))).body.is_shared).toBe(false);
    expect(await seen(mia)).toEqual(['For all']);
    expect(await seen(await alone.person('user'))).toEqual([]);
    expect(await seen(await alone.person('client', [film]))).toEqual(['For all']);
    await manager.must('PUT', `${filters}/${made.id}`, { is_shared: false });
    expect(await seen(mia)).toEqual([]);
  });
  it('are shared with a department where they say so', async () => {
    await manager.must('POST', filters, search({ name: 'Of layout', is_shared: true, department_id: layout }));
    expect(await seen(mia)).toEqual([]);
    expect(await seen(await alone.person('user', [film], { departments: [layout] }))).toEqual(['Of layout']);
  });
  it('stand in groups that are shared as they are, and go with them', async () => {
    const group = await ned.must('POST', groups, { list_type: 'shot', name: 'Group', color: '#f00', project_id: film });
    expect((await ned.get(`${groups}/${group.id}`)).body).toMatchObject({ name: 'Group', color: '#f00', type: 'SearchFilterGroup' });
    await ned.must('POST', filters, search({ name: 'Grouped', search_filter_group_id: group.id }));
    expect(await statusOf(manager.post(filters, search({ is_shared: true, search_filter_group_id: group.id })))).toBe(400);
    expect((await ned.put(`${groups}/${group.id}`, { color: '#0f0' })).body.color).toBe('#0f0');
    for (const send of [mia.get, mia.put, mia.delete]) expect(await statusOf(send(`${groups}/${group.id}`))).toBe(404);
    expect(await seen(ned, groups)).toEqual(['Group']);
    expect(await statusOf(ned.delete(`${groups}/${group.id}`))).toBe(204);
    expect(await seen(ned)).not.toContain('Grouped');
  });
  it('refuse what is missing, unknown or too long', async () => {
    for (const body of [{}, { name: 'x' }, { query: 'x' }, search({ name: 'x'.repeat(201) }), search({ query: 'x'.repeat(501) }), search({ project_id: 'x' })]) expect(await statusOf(ned.post(filters, body))).toBe(400);
    for (const body of [search({ project_id: NOBODY }), search({ department_id: NOBODY }), search({ search_filter_group_id: NOBODY })]) expect(await statusOf(ned.post(filters, body))).toBe(404);
    for (const body of [{}, { name: 'g', color: '#fffffffff' }]) expect(await statusOf(ned.post(groups, body))).toBe(400);
    for (const path of [`${filters}/x`, `${filters}/${NOBODY}`, `${groups}/x`]) expect(await statusOf(ned.put(path, { name: 'x' }))).toBe(404);
  });
  it('go with their person', async () => {
    const leaves = await alone.person('manager', [film]);
    await leaves.must('POST', filters, search({ name: 'Leaving', is_shared: true }));
    await alone.facts(`person-${leaves.id}`, PersonDeleted({ person_id: leaves.id! }));
    expect(await seen(mia)).not.toContain('Leaving');
  });
});

describe('searches on the generic routes', () => {
  it.each(['search-filters', 'search-filter-groups'])('%s belong to admins', async (path) => {
    const body = { list_type: 'shot', name: 'Any', search_query: 'x', person_id: ned.id, project_id: film };
    const made = await admin.must('POST', `/data/${path}`, body);
    expect((await admin.get(`/data/${path}?person_id=${ned.id}&name=any`)).body).toHaveLength(1);
    expect((await admin.put(`/data/${path}/${made.id}`, { name: 'Other' })).body).toMatchObject({ name: 'Other' });
    expect((await admin.get(`/data/${path}/${made.id}`)).body).toMatchObject({ name: 'Other' });
    for (const someone of [manager, ned]) {
      expect(await statusOf(someone.get(`/data/${path}`))).toBe(403);
      expect(await statusOf(someone.post(`/data/${path}`, body))).toBe(403);
      expect(await statusOf(someone.delete(`/data/${path}/${made.id}`))).toBe(403);
    }
    expect(await statusOf(admin.post(`/data/${path}`, { list_type: 'shot' }))).toBe(400);
    expect(await statusOf(admin.get(`/data/${path}/x`))).toBe(400);
    expect(await statusOf(admin.delete(`/data/${path}/${made.id}`))).toBe(204);
    expect(await statusOf(admin.get(`/data/${path}/${made.id}`))).toBe(404);
  });
});
