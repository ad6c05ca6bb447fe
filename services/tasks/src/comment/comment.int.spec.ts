import { objectNames } from '@shotlog/test/s3';
import { startStudio, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOBODY, production, type Production } from '../production.given.ts';

let studio: Studio;
let p: Production;
let task: string;
beforeAll(async () => {
  studio = await startStudio();
  p = await production(studio);
  task = p.tasks[0]!;
  for (const role of ['user', 'vendor'] as const) await p.admin.must('PUT', `/actions/tasks/${task}/assign`, { person_id: p.who[role] });
}, 60_000);
afterAll(() => studio?.stop());

const say = (role: keyof Production['as'] | 'admin', body: object = {}, on = task) => (role === 'admin' ? p.admin : p.as[role]).post(`/actions/tasks/${on}/comment`, { task_status_id: p.statuses.wip, comment: 'said', ...body });

describe('commenting', () => {
  it('is for who supervises, for assignees, and for clients under their statuses', async () => {
    for (const role of ['manager', 'supervisor', 'user', 'client', 'vendor'] as const) expect((await say(role)).status, role).toBe(201);
    for (const role of ['user', 'vendor'] as const) expect((await say(role, {}, p.tasks[1])).status, role).toBe(403);
    expect((await say('outsider')).status).toBe(403);
    expect((await studio.nobody.post(`/actions/tasks/${task}/comment`, {})).status).toBe(401);
    const { id } = await p.admin.must('POST', '/data/task-status', { name: 'Locked', short_name: 'lck', color: '#000000', is_artist_allowed: false, is_client_allowed: false });
    for (const role of ['user', 'vendor', 'client'] as const) expect((await say(role, { task_status_id: id })).status, role).toBe(403);
    expect((await say('supervisor', { task_status_id: id })).status).toBe(201);
  });

  it('tells who may not so before what is wrong, and refuses what is wrong', async () => {
    expect((await say('outsider', { task_status_id: 5 })).status).toBe(403);
    for (const bad of [{ task_status_id: undefined }, { comment: 5 }, { checklist: 'no' }, { checklist: [1] }, { links: 'a' }, { for_client: 'maybe' }, { comment: 'nul\0' }]) expect((await say('admin', bad)).status, JSON.stringify(bad)).toBe(400);
    for (const gone of [{ task_status_id: NOBODY }, { task_status_id: 'x' }, { task_status_id: '__proto__' }, { person_id: NOBODY }]) expect((await say('admin', gone)).status, JSON.stringify(gone)).toBe(404);
    expect((await say('admin', {}, NOBODY)).status).toBe(404);
    expect((await p.admin.post(`/actions/tasks/${task}/comment`, [])).status).toBe(400);
  });

  it('says nothing twice under one key', async () => {
    const before = (await p.admin.must('GET', `/data/tasks/${p.assetTask}/comments`)).length;
    const key = { 'idempotency-key': 'once' };
    const both = [await p.admin.post(`/actions/tasks/${p.assetTask}/comment`, { task_status_id: p.statuses.wip, comment: 'once' }, key), await p.admin.post(`/actions/tasks/${p.assetTask}/comment`, { task_status_id: p.statuses.wip, comment: 'once' }, key)];
    expect(both[0]!.body.id).toBe(both[1]!.body.id);
    expect((await p.admin.must('GET', `/data/tasks/${p.assetTask}/comments`)).length).toBe(before + 1);
  });

  it('speaks in another name and time only for who manages', async () => {
    expect((await say('manager', { person_id: p.who.user, created_at: '2024-01-01 10:00:00' })).body).toMatchObject({ person_id: p.who.user, created_at: '2024-01-01T10:00:00' });
    const other = (await say('user', { person_id: p.who.manager, created_at: '2024-01-01 10:00:00', for_client: true })).body;
    expect(other).toMatchObject({ person_id: p.who.user, for_client: false });
    expect(other.created_at).not.toBe('2024-01-01T10:00:00');
  });

  it('finds whom it mentions', async () => {
    expect((await say('admin', { comment: 'ask @User Given and @Animation' })).body).toMatchObject({ mentions: [p.who.user], department_mentions: [expect.any(String)] });
  });

  it('takes files along', async () => {
    const form = new FormData();
    form.set('task_status_id', p.statuses.wip!);
    form.set('comment', 'with a file');
    form.set('checklist', JSON.stringify([{ text: 'look', checked: false }]));
    form.set('file-1', new Blob(['hello'], { type: 'text/plain' }), 'notes.txt');
    const reply = await p.as.user.post(`/actions/tasks/${task}/comment`, form);
    expect(reply.status).toBe(201);
    expect(reply.body).toMatchObject({ text: 'with a file', checklist: [{ text: 'look', checked: false }], attachment_files: [{ name: 'notes.txt', size: 5 }] });
    expect((await p.as.outsider.post(`/actions/tasks/${task}/comment`, form)).status).toBe(403);
    form.delete('task_status_id');
    expect((await p.as.user.post(`/actions/tasks/${task}/comment`, form)).status).toBe(400);
  });

  it('comments many tasks and leaves out what may not be said', async () => {
    const entries = [{ object_id: task, task_status_id: p.statuses.wip, comment: 'a' }, { object_id: p.tasks[1], task_status_id: p.statuses.wip, comment: 'b' }, { object_id: task, comment: 'no status' }, { object_id: NOBODY, task_status_id: p.statuses.wip }];
    const path = `/actions/projects/${p.project}/tasks/comment-many`;
    expect((await p.as.manager.post(path, entries)).body.map((c: any) => c.text)).toEqual(['a', 'b']);
    expect((await p.as.user.post(path, entries)).body.map((c: any) => c.text)).toEqual(['a']);
    expect((await p.as.outsider.post(path, entries)).status).toBe(403);
    expect((await p.admin.post(path, {})).status).toBe(400);
  });

  it('comments many tasks of one production with files', async () => {
    const form = (other: string) => {
      const f = new FormData();
      f.set('comments', JSON.stringify([{ task_id: task, task_status_id: p.statuses.wip, text: 'many one' }, { task_id: other, task_status_id: p.statuses.wip, text: 'many two' }]));
      f.set('attachment_file-1-0', new Blob(['N']), 'n.txt');
      return f;
    };
    const path = `/actions/projects/${p.project}/tasks/comment-many`;
    const reply = await p.as.manager.post(path, form(p.tasks[1]!));
    expect([reply.status, reply.body.map((c: any) => [c.object_id, c.text, c.attachment_files.length])]).toEqual([201, [[task, 'many one', 0], [p.tasks[1], 'many two', 1]]]);
    expect((await p.as.outsider.post(path, form(p.tasks[1]!))).status).toBe(403);
    const objects = async () => (await objectNames(studio.config)).length;
    const before = await objects();
    for (const other of [NOBODY, 'x']) expect((await p.admin.post(path, form(other))).status, other).toBe(404);
    expect(await objects(), 'no file is left of what was refused').toBe(before);
    expect(before).toBeGreaterThan(0);
    expect((await p.admin.must('GET', `/data/tasks/${task}/comments`)).filter((c: any) => c.text === 'many one')).toHaveLength(1);
  });

  it('takes a batch with files by number', async () => {
    const form = new FormData();
    form.set('comments', JSON.stringify([{ task_status_id: p.statuses.wip, text: 'one' }, { task_status_id: p.statuses.wip, text: 'two' }]));
    form.set('attachment_file-1-1', new Blob(['N']), 'n.txt');
    const reply = await p.as.user.post(`/actions/tasks/${task}/batch-comment`, form);
    expect(reply.body.map((c: any) => c.attachment_files.length)).toEqual([0, 1]);
    for (const bad of ['{', '{}', '5']) {
      const broken = new FormData();
      broken.set('comments', bad);
      expect((await p.admin.post('/actions/tasks/batch-comment', broken)).status, bad).toBe(400);
    }
    expect((await p.as.outsider.post(`/actions/tasks/${task}/batch-comment`, form)).status).toBe(403);
  });
});

describe('a comment', () => {
  it('is seen by the team; by clients when it is for them, of a client or their own', async () => {
    const hidden = (await say('admin', { comment: 'inside' })).body.id;
    const shared = (await say('admin', { comment: 'for you', for_client: true })).body.id;
    const seen = (await p.as.client.must('GET', `/data/tasks/${task}/comments`)).map((c: any) => c.id);
    expect(seen).toContain(shared);
    expect(seen).not.toContain(hidden);
    expect((await p.as.client.get(`/data/comments/${hidden}`)).status).toBe(403);
    expect((await p.as.client.get(`/data/tasks/${task}/comments/${hidden}`)).status).toBe(403);
    expect((await p.as.client.post(`/data/tasks/${task}/comments/${hidden}/ack`)).status).toBe(403);
    expect((await p.as.client.post(`/data/tasks/${task}/comments/${shared}/reply`, { text: 'thanks' })).status).toBe(200);
    expect((await p.as.user.must('GET', `/data/tasks/${task}/comments`)).map((c: any) => c.id)).toContain(hidden);
    expect((await p.as.client.get(`/data/projects/${p.project}/comments`)).status).toBe(403);
    expect((await p.as.user.must('GET', `/data/projects/${p.project}/comments`)).length).toBeGreaterThan(3);
    expect((await p.as.user.get('/data/comments')).status).toBe(403);
    expect((await p.admin.get(`/data/tasks/${p.tasks[1]}/comments/${hidden}`)).status).toBe(404);
  });

  it('is changed by its author in text, ticked by all, pinned by supervisors', async () => {
    const { id } = (await say('user', { checklist: [{ text: 'a', checked: false }] })).body;
    expect((await p.as.user.put(`/data/comments/${id}`, { text: 'better' })).body).toMatchObject({ text: 'better', editor_id: p.who.user });
    expect((await p.as.vendor.put(`/data/comments/${id}`, { text: 'mine' })).status).toBe(403);
    expect((await p.as.vendor.put(`/data/comments/${id}`, { checklist: [{ text: 'a', checked: true }] })).body.checklist[0].checked).toBe(true);
    expect((await p.as.user.put(`/data/comments/${id}`, { pinned: true })).status).toBe(403);
    expect((await p.as.supervisor.put(`/data/comments/${id}`, { pinned: true })).body.pinned).toBe(true);
    expect((await p.admin.must('GET', `/data/tasks/${task}/comments`))[0].id).toBe(id);
    for (const bad of [{ text: 5 }, { checklist: 'x' }, { task_status_id: NOBODY }, { person_id: NOBODY }, { pinned: 'yes' }]) expect((await p.admin.put(`/data/comments/${id}`, bad)).status, JSON.stringify(bad)).toBe(400);
  });

  it('is deleted by its author or who manages, and the task follows', async () => {
    const on = p.assetTask;
    await say('admin', {}, on);
    const { id } = (await say('admin', { task_status_id: p.statuses.done }, on)).body;
    expect((await p.admin.must('GET', `/data/tasks/${on}`)).done_date).not.toBeNull();
    for (const role of ['supervisor', 'user', 'client', 'vendor', 'outsider'] as const) expect((await p.as[role].delete(`/data/tasks/${on}/comments/${id}`)).status, role).toBe(403);
    expect((await p.as.manager.delete(`/data/tasks/${on}/comments/${id}`)).status).toBe(204);
    expect(await p.admin.must('GET', `/data/tasks/${on}`)).toMatchObject({ task_status_id: p.statuses.wip, done_date: null });
    expect((await p.admin.delete(`/data/tasks/${on}/comments/${id}`)).status).toBe(404);
  });

  it('moves to another task of its entity with its replies', async () => {
    const [light] = await p.admin.must('POST', `/actions/projects/${p.project}/task-types/${p.light}/shots/create-tasks`, [p.shots[0]]);
    const { id } = (await say('admin', { comment: 'for light' })).body;
    await p.admin.must('POST', `/data/tasks/${task}/comments/${id}/reply`, { text: 'yes' });
    const path = `/actions/tasks/${task}/comments/${id}/move`;
    expect((await p.as.supervisor.post(path, { target_task_id: light.id })).status).toBe(403);
    for (const [target_task_id, status] of [[p.assetTask, 400], [task, 400], [undefined, 400], [NOBODY, 404]] as const) expect((await p.admin.post(path, { target_task_id })).status).toBe(status);
    expect((await p.admin.must('POST', path, { target_task_id: light.id })).object_id).toBe(light.id);
    expect((await p.admin.must('GET', `/data/tasks/${light.id}/comments`))[0]).toMatchObject({ id, replies: [{ text: 'yes' }] });
    expect((await p.admin.must('GET', `/data/tasks/${task}/comments`)).map((c: any) => c.id)).not.toContain(id);
  });

  it('takes replies and notice, and gives them back to who gave them', async () => {
    const { id } = (await say('admin')).body;
    const of = `/data/tasks/${task}/comments/${id}`;
    expect((await p.as.user.must('POST', `${of}/ack`)).acknowledgements).toEqual([p.who.user]);
    expect((await p.as.user.must('POST', `${of}/ack`)).acknowledgements).toEqual([]);
    const reply = await p.as.user.must('POST', `${of}/reply`, { text: 'see @Manager Given' });
    expect(reply.mentions).toEqual([p.who.manager]);
    for (const bad of [{}, { text: '' }, { text: 5 }]) expect((await p.admin.post(`${of}/reply`, bad)).status).toBe(400);
    expect((await p.as.vendor.delete(`${of}/reply/${reply.id}`)).status).toBe(403);
    expect((await p.as.user.delete(`${of}/reply/${reply.id}`)).body.replies).toEqual([]);
    expect((await p.as.user.delete(`${of}/reply/${reply.id}`)).status).toBe(404);
    expect((await p.as.outsider.post(`${of}/reply`, { text: 'x' })).status).toBe(403);
  });
});

describe('status automations', () => {
  it('move the task that comes after, once', async () => {
    const rule = await p.admin.must('POST', '/data/status-automations', { entity_type: 'shot', in_task_type_id: p.anim, in_task_status_id: p.statuses.done, out_field_type: 'status', out_task_type_id: p.light, out_task_status_id: p.statuses.ready });
    expect((await p.as.manager.post('/data/status-automations', {})).status).toBe(403);
    expect((await p.admin.post('/data/status-automations', { out_field_type: 'colour' })).status).toBe(400);
    await p.admin.must('POST', `/data/projects/${p.project}/settings/status-automations`, { status_automation_id: rule.id });
    const [light] = await p.admin.must('POST', `/actions/projects/${p.project}/task-types/${p.light}/shots/create-tasks`, [p.shots[1]]);
    await say('admin', { task_status_id: p.statuses.done }, p.tasks[1]);
    expect((await p.admin.must('GET', `/data/tasks/${light.id}`)).task_status_id).toBe(p.statuses.ready);
    expect((await p.admin.must('GET', `/data/tasks/${light.id}/comments`)).map((c: any) => c.text)).toEqual(['Change triggered by Animation set to Done']);
  });
});
