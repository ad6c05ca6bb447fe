import { access, event, f, Invalid, resource, sql, type Publication, type Recorded } from '@shotlog/kernel';
import { z } from 'zod';
import { projectedCommands, projectedRoutes } from '../projected.ts';

export const KINDS = ['comment', 'mention', 'reply', 'reply-mention', 'assignation', 'playlist-ready'] as const;

const told = (what: 'new' | 'update' | 'delete', e: Recorded): Publication[] => {
  const { notification_id, person_id, project_id } = e.data;
  return [{ name: `notification:${what}`, payload: what === 'new' ? { notification_id, person_id, project_id: project_id ?? null } : { notification_id } }];
};

/** What a person is told of: made of other services' facts, by the person's own marks read or unread. */
export const notification = resource({
  service: 'notifications', name: 'notification', path: '/data/notifications', type: 'Notification', published: told,
  fields: {
    read: f.boolean({ default: false }), change: f.boolean({ default: false }), notification_type: f.string(20, { required: true, choices: KINDS }), person_id: f.uuid({ required: true }), author_id: f.uuid({ required: true }),
    comment_id: f.uuid(), task_id: f.uuid(), playlist_id: f.uuid(), reply_id: f.uuid(), project_id: f.uuid({ hidden: true }), dated: f.time({ hidden: true, immutable: true }),
  },
  access: access.admin, indexes: ['person_id, created_at', 'comment_id', 'task_id', 'log_position'],
  creating: async (values, context) => {
    if (values.person_id && !(await context.db.one(sql`select 1 from directory_person where id = ${values.person_id}`))) throw new Invalid('There is no such person.');
    const task = values.task_id ? await context.db.one(sql`select project_id from task where id = ${values.task_id}`) : null;
    if (values.task_id && !task) throw new Invalid('There is no such task.');
    const playlist = values.playlist_id ? await context.db.one(sql`select project_id from playlist where id = ${values.playlist_id}`) : null;
    if (values.playlist_id && !playlist) throw new Invalid('There is no such playlist.');
    return { project_id: task?.project_id ?? playlist?.project_id ?? null };
  },
});

const Id = z.guid();
/** The person took notice, or took that back. */
export const NotificationMarked = event('NotificationMarked', 1, z.object({ notification_id: Id, person_id: Id, read: z.boolean() }),
  { publish: (e) => [{ name: 'notification:read', payload: { notification_id: e.data.notification_id, person_id: e.data.person_id } }] });
/** The person took notice of everything that was there then. */
export const AllNotificationsRead = event('AllNotificationsRead', 1, z.object({ person_id: Id }), { publish: (e) => [{ name: 'notification:all-read', payload: { person_id: e.data.person_id } }] });

export const notificationCommands = projectedCommands(notification, { name: 'notification', fixed: ['person_id', 'author_id'] });
/** Generic bodies name the kind `type`. */
export const notificationResourceRoutes = projectedRoutes(notification, '/data/notifications', notificationCommands, ({ type, ...body }) =>
  ({ ...body, ...(body.notification_type === undefined && type !== undefined ? { notification_type: type } : {}) }));
