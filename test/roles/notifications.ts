import { body, none, plain, self, task, throwaway, type Ask, type Asks, type At } from './request.ts';
import { fresh, MARK } from './scene.ts';

const notification = (at: At) => ({ person_id: self(at), author_id: at.s.adminId, task_id: at.ids.task_id, comment_id: at.ids.comment_id, type: 'comment' });
const told = (path: string, change?: unknown): Ask => throwaway(path, () => '/data/notifications', notification, () => ({ body: change }));
const joined = async ({ me, ids }: At, entity_id = ids.shot_id) => { if (me.id) await me.client.send('POST', `/actions/user/chats/${entity_id}/join`, {}); };
const M = '/data/entities/{entity_id}/chat/messages';
const hook = () => ({ name: fresh('Hook'), url: 'https://example.com/hook', events: ['task:new'] });

export const notificationsAsks: Asks = {
  ...plain('/data/news', ({ s, ids }) => ({ author_id: s.adminId, task_id: ids.task_id, comment_id: ids.comment_id, change: false }), { change: true }),
  ...plain('/data/notifications', notification, { read: true }),
  'GET /data/notifications/{instance_id}': told('instance_id'),
  'GET /data/user/notifications/{notification_id}': told('notification_id'),
  'PUT /data/user/notifications/{notification_id}': told('notification_id', { read: true }),
  'POST /actions/user/notifications/mark-all-as-read': none,
  'POST /actions/user/tasks/subscribe': body(({ ids }) => ({ task_ids: [ids.task_id] })),
  'POST /actions/user/tasks/unsubscribe': body(({ ids }) => ({ task_ids: [ids.task_id] })),
  'POST /actions/user/tasks/{task_id}/subscribe': none,
  'DELETE /actions/user/tasks/{task_id}/unsubscribe': async (at) => { await at.me.client.send('POST', `/actions/user/tasks/${at.ids.task_id}/subscribe`, {}); return {}; },
  'POST /actions/user/sequences/{sequence_id}/task-types/{task_type_id}/subscribe': none,
  'DELETE /actions/user/sequences/{sequence_id}/task-types/{task_type_id}/unsubscribe': async (at) => {
    await at.me.client.send('POST', `/actions/user/sequences/${at.ids.sequence_id}/task-types/${at.ids.task_type_id}/subscribe`, {});
    return {};
  },
  ...plain('/data/subscriptions', async (at) => ({ person_id: self(at), task_id: await task(at) }), {}),
  'GET /data/subscriptions/{instance_id}': throwaway('instance_id', () => '/data/subscriptions', async (at) => ({ person_id: self(at), task_id: await task(at) })),
  [`POST ${M}`]: async (at) => { await joined(at); return { body: { message: MARK } }; },
  [`DELETE ${M}/{chat_message_id}`]: async (at) => {
    await joined(at);
    const path = `/data/entities/${at.ids.shot_id}/chat/messages`;
    const own = at.open && at.me.id ? await at.me.client.send('POST', path, { message: MARK }) : null;
    return { ids: { chat_message_id: own?.body?.id ?? (await at.admin.must('POST', path, { message: MARK })).id } };
  },
  [`GET ${M}`]: async (at) => { await joined(at); return {}; },
  [`GET ${M}/{chat_message_id}`]: async (at) => { await joined(at); return {}; },
  'POST /actions/user/chats/{entity_id}/join': none,
  // Another chat: who leaves the shot's can say nothing there.
  'DELETE /actions/user/chats/{entity_id}/join': async (at) => { await joined(at, at.ids.sequence_id); return { ids: { entity_id: at.ids.sequence_id! } }; },
  'POST /data/chats': body(({ ids }) => ({ object_id: ids.sequence_id, object_type: 'entity' })),
  'PUT /data/chats/{instance_id}': body(() => ({ object_type: 'entity' })),
  'DELETE /data/chats/{instance_id}': throwaway('instance_id', () => '/data/chats', ({ ids }) => ({ object_id: ids.scene_id, object_type: 'entity' })),
  ...plain('/data/chat-messages', ({ s, ids }) => ({ chat_id: ids.chat_id, person_id: s.adminId, text: MARK }), { text: 'again' }),
  ...plain('/data/events', ({ ids }) => ({ name: 'roles:made', project_id: ids.project_id, data: { roles: 1 } }), { data: { roles: 2 } }),
  'GET /data/events/{instance_id}': throwaway('instance_id', () => '/data/events', ({ ids }) => ({ name: 'roles:made', project_id: ids.project_id, data: { roles: 1 } })),
  'POST /import/kitsu/news': body(({ s, ids }) => [{ id: '0b000000-1111-4000-8000-000000000403', created_at: '2024-01-01T10:00:00', author_id: s.adminId, task_id: ids.task_id, comment_id: ids.comment_id, preview_file_id: null, change: true, type: 'News' }]),
  'POST /import/kitsu/notifications': body(({ s, ids }) => [{ id: '0b000000-1111-4000-8000-000000000404', created_at: '2024-01-01T10:00:00', person_id: s.adminId, author_id: s.adminId, task_id: ids.task_id, comment_id: ids.comment_id, read: false, change: true, notification_type: 'comment', type: 'Notification' }]),
  'POST /import/kitsu/subscriptions': body(({ s, ids }) => [{ id: '0b000000-1111-4000-8000-000000000405', person_id: s.adminId, task_id: ids.task_id, type: 'Subscription' }]),
  ...plain('/data/webhooks', hook, { name: 'Hooked' }),
  'GET /data/webhooks/{instance_id}': throwaway('instance_id', () => '/data/webhooks', hook),
  'GET /data/webhooks/{webhook_id}/deliveries': throwaway('webhook_id', () => '/data/webhooks', hook),
  'POST /actions/webhooks/{webhook_id}/rotate-secret': throwaway('webhook_id', () => '/data/webhooks', hook),
  'POST /actions/webhooks/{webhook_id}/replay': throwaway('webhook_id', () => '/data/webhooks', hook, () => ({ body: { position: '0' } })),
};

