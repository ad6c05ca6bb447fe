import { newId } from '@shotlog/kernel';
import { readConfig } from '@shotlog/kernel/config';
import { rebuilt } from '@shotlog/test/rebuilt';
import { startStudio, type Client, type Studio } from '@shotlog/test/studio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifications } from './index.ts';

const NOBODY = '11111111-2222-4333-8444-555555555555';
let studio: Studio;
let admin: Client;
const who: Record<string, { id: string; as: Client }> = {};
let p: string, dep: string, anim: string, sequence: string, wip: string, check: string;
const shots: string[] = [];
const tasks: string[] = [];

const person = async (name: string, role: string, departments: string[] = []) => {
  const { id } = await admin.must('POST', '/data/persons', { first_name: name, last_name: 'Note', email: `${name}@note.studio`, password: `${name}password`, role, departments });
  who[name] = { id, as: await studio.signIn(`${name}@note.studio`, `${name}password`) };
};
const assign = (n: number, name: string) => admin.must('PUT', `/actions/tasks/${tasks[n]}/assign`, { person_id: who[name]!.id });
const say = (as: Client, n: number, comment: string, more: object = {}) => as.must('POST', `/actions/tasks/${tasks[n]}/comment`, { task_status_id: wip, comment, ...more });
const box = async (name: string, n?: number): Promise<any[]> => (await who[name]!.as.must('GET', '/data/user/notifications')).filter((x: any) => n === undefined || x.task_id === tasks[n]);
const kinds = async (name: string, n: number) => (await box(name, n)).map((x) => x.notification_type).sort();

beforeAll(async () => {
  studio = await startStudio();
  admin = await studio.signIn();
  dep = (await admin.must('POST', '/data/departments', { name: 'Note light', color: '#ffee00' })).id;
  anim = (await admin.must('POST', '/data/task-types', { name: 'Note anim', for_entity: 'Shot', color: '#445566' })).id;
  wip = (await admin.must('POST', '/data/task-status', { name: 'Note wip', short_name: 'nwip', color: '#778899', is_wip: true })).id;
  check = (await admin.must('POST', '/data/task-status', { name: 'Note check', short_name: 'nchk', color: '#778899', is_feedback_request: true })).id;
  p = (await admin.must('POST', '/data/projects', { name: 'Note film' })).id;
  await admin.must('POST', `/data/projects/${p}/settings/task-types`, { task_type_id: anim });
  for (const id of [wip, check]) await admin.must('POST', `/data/projects/${p}/settings/task-status`, { task_status_id: id });
  sequence = (await admin.must('POST', `/data/projects/${p}/sequences`, { name: 'NQ' })).id;
  for (const name of ['N1', 'N2', 'N3', 'N4', 'N5', 'N6']) shots.push((await admin.must('POST', `/data/projects/${p}/shots`, { name, sequence_id: sequence })).id);
  const made = await admin.must('POST', `/actions/projects/${p}/task-types/${anim}/shots/create-tasks`, shots);
  for (const shot of shots) tasks.push(made.find((t: any) => t.entity_id === shot).id);
  for (const [name, role, departments] of [['mia', 'manager'], ['sue', 'supervisor', [dep]], ['ned', 'user', [dep]], ['ann', 'user'], ['cleo', 'client'], ['vic', 'vendor'], ['eve', 'user', [dep]]] as const) {
    await person(name, role, departments as unknown as string[]);
    if (name !== 'eve') await admin.must('POST', `/data/projects/${p}/team`, { person_id: who[name]!.id });
  }
}, 60_000);
afterAll(() => studio?.stop());

describe('what a comment tells', () => {
  it('is told to the assigned and never to its author', async () => {
    await assign(0, 'ned');
    await assign(0, 'ann');
    await say(who.ned!.as, 0, 'on it');
    expect(await kinds('ned', 0)).toEqual(['assignation']);
    expect(await box('ann', 0)).toMatchObject([{ notification_type: 'comment', comment_text: 'on it', change: true, read: false, full_entity_name: 'NQ / N1', project_name: 'Note film', author_id: who.ned!.id },
      { notification_type: 'assignation', comment_id: null, change: false }]);
  });

  it('is told to the mentioned, and to the persons of a mentioned department who are on the team', async () => {
    await say(who.ned!.as, 0, 'look @mia Note and @Note light');
    expect(await kinds('mia', 0)).toEqual(['mention']);
    expect(await kinds('sue', 0)).toEqual(['mention']);
    expect(await kinds('eve', 0)).toEqual([]);
    expect(await kinds('ned', 0)).toEqual(['assignation']);
  });

  it('is told no more once it is edited away, and goes with the comment', async () => {
    const { id } = await say(admin, 1, 'see @mia Note');
    expect(await kinds('mia', 1)).toEqual(['mention']);
    await admin.must('PUT', `/data/comments/${id}`, { text: 'see @sue Note' });
    expect([await kinds('mia', 1), await kinds('sue', 1)]).toEqual([[], ['mention']]);
    await admin.must('DELETE', `/data/comments/${id}`);
    expect(await kinds('sue', 1)).toEqual([]);
    expect((await admin.get(`/data/entities/${shots[1]}/news`)).body.total).toBe(0);
  });

  it('is told to who follows the task or its sequence, when they may see it', async () => {
    await who.mia!.as.must('POST', `/actions/user/tasks/${tasks[2]}/subscribe`);
    await who.sue!.as.must('POST', `/actions/user/sequences/${sequence}/task-types/${anim}/subscribe`);
    await who.cleo!.as.must('POST', `/actions/user/tasks/${tasks[2]}/subscribe`);
    await say(admin, 2, 'among us');
    expect([await kinds('mia', 2), await kinds('sue', 2), await kinds('cleo', 2)]).toEqual([['comment'], ['comment'], []]);
    expect([(await box('mia', 2))[0].subscription_id, (await box('sue', 2))[0].subscription_id]).toEqual([expect.any(String), null]);
    await say(admin, 2, 'for clients', { for_client: true });
    expect(await kinds('cleo', 2)).toEqual(['comment']);
    await who.sue!.as.must('DELETE', `/actions/user/sequences/${sequence}/task-types/${anim}/unsubscribe`);
    await say(admin, 2, 'again');
    expect(await kinds('sue', 2)).toEqual(['comment', 'comment']);
  });

  it('is answered by replies, told to its author, the assigned and who answered before; a reply taken back is told no more', async () => {
    await assign(3, 'ned');
    await assign(3, 'ann');
    const { id } = await say(who.ann!.as, 3, 'question');
    const first = await who.mia!.as.must('POST', `/data/tasks/${tasks[3]}/comments/${id}/reply`, { text: 'answer' });
    await who.sue!.as.must('POST', `/data/tasks/${tasks[3]}/comments/${id}/reply`, { text: 'yes @ann Note' });
    expect(await kinds('ned', 3)).toEqual(['assignation', 'comment', 'reply', 'reply']);
    expect(await kinds('mia', 3)).toEqual(['reply']);
    expect(await kinds('ann', 3)).toEqual(['assignation', 'reply', 'reply', 'reply-mention']);
    expect((await box('ann', 3)).find((x) => x.notification_type === 'reply-mention')).toMatchObject({ reply_text: 'yes @ann Note', reply_mentions: [who.ann!.id], comment_text: 'question' });
    await who.mia!.as.must('DELETE', `/data/tasks/${tasks[3]}/comments/${id}/reply/${first.id}`);
    expect(await kinds('ned', 3)).toEqual(['assignation', 'comment', 'reply']);
  });
});

describe('one\'s own notifications', () => {
  it('are filtered, marked and all marked', async () => {
    const ann = who.ann!.as;
    const all = await box('ann');
    const one = all[0];
    expect((await ann.get(`/data/user/notifications/${one.id}`)).body).toMatchObject({ id: one.id, read: false });
    expect(await ann.must('PUT', `/data/user/notifications/${one.id}`, { read: true })).toMatchObject({ read: true, notification_type: one.notification_type });
    expect((await ann.get('/data/user/notifications?read=true')).body.map((x: any) => x.id)).toEqual([one.id]);
    expect((await ann.get('/data/user/notifications?read=false')).body).toHaveLength(all.length - 1);
    expect((await ann.get('/data/user/notifications?type=assignation')).body).toHaveLength(2);
    expect((await ann.get(`/data/user/notifications?task_type_id=${anim}&project_id=${p}&after=2020-01-01`)).body).toHaveLength(all.length);
    expect((await ann.get('/data/user/notifications?before=2020-01-01')).body).toEqual([]);
    expect((await ann.get('/data/user/context')).body.notification_count).toBe(all.length - 1);
    expect(await ann.must('POST', '/actions/user/notifications/mark-all-as-read')).toEqual({ success: true });
    expect((await ann.get('/data/user/notifications?read=false')).body).toEqual([]);
    expect((await ann.get('/data/user/context')).body.notification_count).toBe(0);
  });
  it('are nobody else\'s', async () => {
    const [one] = await box('ann');
    expect([await who.mia!.as.get(`/data/user/notifications/${one.id}`), await who.mia!.as.put(`/data/user/notifications/${one.id}`, { read: true })].map((r) => r.status)).toEqual([404, 404]);
    expect([await who.mia!.as.get(`/data/projects/${p}/notifications`), await who.mia!.as.get(`/data/projects/${p}/subscriptions`)].map((r) => r.status)).toEqual([403, 403]);
    expect((await admin.get(`/data/projects/${p}/notifications`)).body.length).toBeGreaterThan(5);
  });
  it('refuse filters and marks that are none', async () => {
    const [one] = await box('ann');
    const { as } = who.ann!;
    expect(await Promise.all(['after=x', 'before=2024-13-01', 'task_type_id=x', 'project_id=x'].map(async (q) => (await as.get(`/data/user/notifications?${q}`)).status))).toEqual([400, 400, 400, 400]);
    expect([await as.put(`/data/user/notifications/${one.id}`, {}), await as.put(`/data/user/notifications/${one.id}`, { read: 'x' }), await as.get('/data/user/notifications/oops')].map((r) => r.status)).toEqual([400, 400, 400]);
  });
});

describe('news', () => {
  it('are paged, counted by status and filtered', async () => {
    await say(admin, 4, 'first');
    await say(admin, 4, 'check it', { task_status_id: check });
    const page = (await who.ned!.as.get(`/data/projects/${p}/news?limit=1`)).body;
    expect(page).toMatchObject({ limit: 1, page: 1, offset: 0, data: [{ full_entity_name: 'NQ / N5', task_status_id: check, change: true, person: { full_name: 'Super Admin' }, type: 'News' }] });
    expect(page.nb_pages).toBe(page.total);
    expect(page.stats[check]).toBe(1);
    expect((await who.ned!.as.get(`/data/projects/${p}/news/${page.data[0].id}`)).body).toEqual(page.data[0]);
    expect((await admin.get(`/data/projects/${p}/news?task_status_id=${check}`)).body.total).toBe(1);
    expect((await admin.get(`/data/projects/${p}/news?only_preview=true`)).body.data).toEqual([]);
    expect((await admin.get(`/data/projects/${p}/news?person_id=${who.ned!.id}`)).body.data.every((n: any) => n.author_id === who.ned!.id)).toBe(true);
    expect((await admin.get(`/data/entities/${shots[4]}/news`)).body).toMatchObject({ total: 2 });
    expect((await admin.get('/data/projects/news')).body.total).toBe((await admin.get(`/data/projects/${p}/news`)).body.total);
  });
  it('show clients what is for clients, vendors what is theirs, and strangers nothing', async () => {
    const texts = async (name: string) => (await who[name]!.as.get(`/data/projects/${p}/news`)).body.total;
    expect(await texts('cleo')).toBe(1);
    expect(await texts('vic')).toBe(0);
    await assign(5, 'vic');
    await say(admin, 5, 'to vic');
    expect(await texts('vic')).toBe(1);
    const [hidden] = (await admin.get(`/data/entities/${shots[5]}/news`)).body.data;
    expect((await who.cleo!.as.get(`/data/projects/${p}/news/${hidden.id}`)).status).toBe(404);
    expect((await who.eve!.as.get(`/data/projects/${p}/news`)).status).toBe(403);
    expect((await who.eve!.as.get(`/data/entities/${shots[0]}/news`)).status).toBe(403);
    expect((await who.eve!.as.get('/data/projects/news')).body.total).toBe(0);
  });
  it('refuse pages and ids that are none', async () => {
    const statuses = async (...paths: string[]) => Promise.all(paths.map(async (path) => (await admin.get(path)).status));
    expect(await statuses(`/data/projects/${p}/news?page=0`, `/data/projects/${p}/news?limit=0`, `/data/projects/${p}/news?limit=x`, `/data/projects/${p}/news?after=x`, `/data/projects/${p}/news?task_type_id=x`)).toEqual([400, 400, 400, 400, 400]);
    expect(await statuses(`/data/projects/${NOBODY}/news`, '/data/projects/x/news', `/data/projects/${p}/news/x`, `/data/projects/${p}/news/${NOBODY}`, `/data/entities/${NOBODY}/news`)).toEqual([404, 404, 404, 404, 404]);
  });
});

describe('following', () => {
  it('is said once, and asked for', async () => {
    const { as } = who.ann!;
    const [one, two] = [await as.post(`/actions/user/tasks/${tasks[1]}/subscribe`), await as.post(`/actions/user/tasks/${tasks[1]}/subscribe`)];
    expect([one.status, two.status, two.body.id]).toEqual([201, 201, one.body.id]);
    expect((await as.get(`/data/user/tasks/${tasks[1]}/subscribed`)).body).toBe(true);
    expect((await admin.post('/data/subscriptions', { person_id: who.ann!.id, task_id: tasks[1] })).status).toBe(400);
    expect((await as.delete(`/actions/user/tasks/${tasks[1]}/unsubscribe`)).status).toBe(204);
    expect((await as.get(`/data/user/tasks/${tasks[1]}/subscribed`)).body).toBe(false);
    expect(await as.must('POST', '/actions/user/tasks/subscribe', { task_ids: [tasks[1], tasks[2], tasks[1]] })).toMatchObject([{ task_id: tasks[1] }, { task_id: tasks[2] }]);
    expect(await as.must('POST', '/actions/user/tasks/unsubscribe', { task_ids: [tasks[1], tasks[2]] })).toEqual([tasks[1], tasks[2]]);
    await as.must('POST', `/actions/user/sequences/${sequence}/task-types/${anim}/subscribe`);
    expect((await as.get(`/data/user/entities/${sequence}/task-types/${anim}/subscribed`)).body).toBe(true);
    expect((await as.get(`/data/user/projects/${p}/task-types/${anim}/sequence-subscriptions`)).body).toEqual([sequence]);
  });
  it('makes one subscription when asked twice at once', async () => {
    await Promise.all([1, 2, 3, 4].map(() => who.sue!.as.must('POST', `/actions/user/tasks/${tasks[4]}/subscribe`)));
    expect((await admin.get(`/data/subscriptions?person_id=${who.sue!.id}&task_id=${tasks[4]}`)).body).toHaveLength(1);
  });
  it('is refused to strangers, to vendors without the task, and for what is not there', async () => {
    expect([await who.eve!.as.post(`/actions/user/tasks/${tasks[0]}/subscribe`), await who.vic!.as.post(`/actions/user/tasks/${tasks[0]}/subscribe`), await who.vic!.as.post(`/actions/user/tasks/${tasks[5]}/subscribe`)].map((r) => r.status)).toEqual([403, 403, 201]);
    expect([await who.ann!.as.post(`/actions/user/tasks/${NOBODY}/subscribe`), await who.ann!.as.post('/actions/user/tasks/subscribe', { task_ids: [tasks[0], NOBODY] })].map((r) => r.status)).toEqual([404, 404]);
    expect(await Promise.all([{}, { task_ids: [] }, { task_ids: ['x'] }, { task_ids: 'x' }].map(async (b) => (await who.ann!.as.post('/actions/user/tasks/subscribe', b)).status))).toEqual([400, 400, 400, 400]);
    expect((await who.ann!.as.get(`/data/user/tasks/${tasks[0]}/subscribed`)).body).toBe(false);
  });
});

describe('chats', () => {
  it('are joined, written in and left', async () => {
    const chat = `/data/entities/${shots[0]}/chat`;
    const { as } = who.ned!;
    const { id } = await as.must('GET', chat);
    expect((await as.get(chat)).body).toMatchObject({ id, participants: [], messages: [], object_id: shots[0], last_message: null });
    expect((await as.post(`${chat}/messages`, { message: 'hm' })).status).toBe(400);
    await as.must('POST', `/actions/user/chats/${shots[0]}/join`);
    await as.must('POST', `/actions/user/chats/${shots[0]}/join`);
    const line = await as.must('POST', `${chat}/messages`, { message: 'hello' });
    const form = new FormData();
    form.set('message', 'see');
    form.set('file', new File(['A'], 'a.txt', { type: 'text/plain' }));
    expect(await as.must('POST', `${chat}/messages`, form)).toMatchObject({ text: 'see', attachment_files: [{ name: 'a.txt', extension: 'txt', size: 1 }] });
    expect((await who.mia!.as.get(`${chat}/messages`)).body.map((m: any) => [m.text, m.attachment_files.length])).toEqual([['hello', 0], ['see', 1]]);
    expect((await as.get('/data/user/chats')).body).toMatchObject([{ id, entity_name: 'NQ / N1', project_id: p }]);
    expect((await who.mia!.as.delete(`${chat}/messages/${line.id}`)).status).toBe(403);
    expect((await as.delete(`${chat}/messages/${line.id}`)).status).toBe(204);
    expect((await as.get(`${chat}/messages/${line.id}`)).status).toBe(404);
    expect((await as.delete(`/actions/user/chats/${shots[0]}/join`)).status).toBe(204);
    expect((await as.get('/data/user/chats')).body).toEqual([]);
  });
  it('are closed to strangers and to vendors who do not work there', async () => {
    for (const name of ['eve', 'vic']) {
      const { as } = who[name]!;
      const chat = `/data/entities/${shots[0]}/chat`;
      expect([await as.get(chat), await as.get(`${chat}/messages`), await as.post(`${chat}/messages`, { message: 'x' }), await as.post(`/actions/user/chats/${shots[0]}/join`)].map((r) => r.status)).toEqual([403, 403, 403, 403]);
    }
    expect((await who.vic!.as.get(`/data/entities/${shots[5]}/chat`)).status).toBe(200);
  });
  it('refuse what is no message', async () => {
    await who.ann!.as.must('POST', `/actions/user/chats/${shots[1]}/join`);
    const chat = `/data/entities/${shots[1]}/chat`;
    expect(await Promise.all([{}, { message: 5 }, { message: 'a\0b' }, []].map(async (b) => (await who.ann!.as.post(`${chat}/messages`, b)).status))).toEqual([400, 400, 400, 400]);
    expect([await admin.get(`/data/entities/${NOBODY}/chat`), await admin.get('/data/entities/x/chat'), await admin.get(`${chat}/messages/x`)].map((r) => r.status)).toEqual([404, 404, 404]);
  });
});

describe('the record of what was told', () => {
  it('is kept in order, and found by name, production, time and place', async () => {
    const last = (await admin.get(`/data/events/last?project_id=${p}&limit=5`)).body;
    expect(Object.keys(last[0]).sort()).toEqual(['created_at', 'data', 'id', 'name', 'project_id', 'user_id']);
    expect((await admin.get(`/data/events/last?project_id=${p}&limit=3&cursor_event_id=${last[1].id}`)).body).toEqual(last.slice(2, 5));
    expect((await admin.get(`/data/events/last?project_id=${p}&name=shot:new`)).body).toHaveLength(shots.length);
    expect((await admin.get(`/data/events/last?project_id=${p}&name=task:to-review`)).body).toMatchObject([{ data: { task_id: tasks[4], new_task_status_id: check } }]);
    expect((await admin.get('/data/events/last?before=2001-01-01')).body).toEqual([]);
    expect((await admin.get('/data/events/last?limit=0')).body).toEqual([]);
    const names = (await admin.get('/data/events/names')).body;
    expect(names).toEqual([...names].sort());
    expect(names).toEqual(expect.arrayContaining(['comment:new', 'news:new', 'shot:new', 'task:assign']));
    expect(names.filter((n: string) => n.startsWith('notification:new') || n.startsWith('subscription'))).toEqual([]);
  });
  it('is for admins and managers and refuses senseless filters', async () => {
    expect([await who.sue!.as.get('/data/events/last'), await who.sue!.as.get('/data/events/names'), await who.mia!.as.get('/data/events')].map((r) => r.status)).toEqual([403, 403, 403]);
    expect(new Set((await who.mia!.as.get('/data/events/last')).body.map((e: any) => e.project_id))).toEqual(new Set([p]));
    expect((await who.mia!.as.get('/data/events/names')).body).toContain('shot:new');
    expect(await Promise.all(['before=yesterday', 'limit=x', 'limit=-1', 'project_id=x', 'cursor_event_id=x', `cursor_event_id=${NOBODY}`].map(async (q) => (await admin.get(`/data/events/last?${q}`)).status))).toEqual(Array(6).fill(400));
  });
});

describe('the generic routes', () => {
  it('change and take away what facts of tasks made', async () => {
    const [one] = (await admin.get(`/data/news?task_id=${tasks[0]}`)).body;
    expect(await admin.must('PUT', `/data/news/${one.id}`, { change: !one.change })).toMatchObject({ id: one.id, change: !one.change });
    expect((await admin.delete(`/data/news/${one.id}`)).status).toBe(204);
    expect((await admin.get(`/data/news/${one.id}`)).status).toBe(404);
    const [note] = (await admin.get(`/data/notifications?person_id=${who.mia!.id}`)).body;
    expect(await admin.must('PUT', `/data/notifications/${note.id}`, { read: true })).toMatchObject({ read: true });
    expect((await admin.delete(`/data/notifications/${note.id}`)).status).toBe(204);
  });
  it('are for admins alone and refuse what makes no sense', async () => {
    for (const path of ['news', 'notifications', 'subscriptions', 'chats', 'chat-messages', 'events']) {
      expect([path, (await who.mia!.as.get(`/data/${path}`)).status, (await who.mia!.as.post(`/data/${path}`, {})).status]).toEqual([path, 403, 403]);
      expect([path, (await admin.post(`/data/${path}`, {})).status, (await admin.get(`/data/${path}/oops`)).status, (await admin.delete(`/data/${path}/${NOBODY}`)).status]).toEqual([path, 400, 400, 404]);
    }
    expect((await admin.post('/data/notifications', { person_id: who.mia!.id, author_id: who.ned!.id, type: 'oops' })).status).toBe(400);
    expect((await admin.post('/data/news', { author_id: who.ned!.id, task_id: NOBODY })).status).toBe(400);
  });
  it('bring over what was left of another Kitsu, for admins', async () => {
    const id = newId();
    const entry = { id, created_at: '2024-01-01T10:00:00', author_id: who.ned!.id, task_id: tasks[0], change: true, type: 'News' };
    expect(await admin.must('POST', '/import/kitsu/news', [entry])).toMatchObject([{ id, change: true, created_at: '2024-01-01T10:00:00' }]);
    expect(await admin.must('POST', '/import/kitsu/news', [{ ...entry, change: false }])).toMatchObject([{ id, change: false }]);
    expect(await who.mia!.as.must('POST', '/import/kitsu/news', [entry])).toEqual([]);
    expect([await admin.post('/import/kitsu/news', [{ change: true }]), await admin.post('/import/kitsu/subscriptions', {})].map((r) => r.status)).toEqual([400, 400]);
  });
});

describe('what is gone', () => {
  it('takes along what was told of it', async () => {
    const { id } = await say(who.mia!.as, 1, 'soon gone');
    await who.ann!.as.must('POST', `/actions/user/tasks/${tasks[1]}/subscribe`);
    expect((await admin.get(`/data/news?comment_id=${id}`)).body).toHaveLength(1);
    await admin.must('DELETE', `/data/tasks/${tasks[1]}?force=true`);
    expect((await admin.get(`/data/news?comment_id=${id}`)).body).toEqual([]);
    expect((await admin.get(`/data/subscriptions?task_id=${tasks[1]}`)).body).toEqual([]);
  });
});

it('holds the same rows when they are made anew of the log', async () => {
  const { databaseUrl, eventStoreUrl, natsUrl, secret } = studio.embedded;
  const { live, anew } = await rebuilt(notifications, readConfig({ DATABASE_URL: databaseUrl, EVENTSTORE_URL: eventStoreUrl, NATS_URL: natsUrl, SHOTLOG_SECRET_KEY: secret }));
  expect(anew).toEqual(live);
  expect(['news', 'notification', 'subscription', 'chat', 'chat_message', 'api_event'].filter((table) => live[table]!.length === 0)).toEqual([]);
}, 30_000);
