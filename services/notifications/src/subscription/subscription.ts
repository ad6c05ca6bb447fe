import { access, allow, command, f, ids, Invalid, isId, NotFound, oneText, only, pathId, raw, rendered, resource, route, spanning, sql, to, type Context, type Publication, type Recorded, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import { ownProject } from '../news/routes.ts';

const told = (what: 'new' | 'update' | 'delete', e: Recorded): Publication[] =>
  [{ name: `subscription:${what}`, payload: { subscription_id: e.data.subscription_id, ...(what === 'new' ? { project_id: e.data.project_id ?? null } : {}) } }];

/** Who follows a task, or all tasks of a task type in a sequence (`entity_id`). */
export const subscription = resource({
  service: 'notifications', name: 'subscription', path: '/data/subscriptions', type: 'Subscription', published: told,
  fields: { person_id: f.uuid({ required: true }), task_id: f.uuid(), entity_id: f.uuid(), task_type_id: f.uuid(), project_id: f.uuid({ hidden: true }) },
  unique: [['person_id', 'task_id'], ['person_id', 'entity_id', 'task_type_id']],
  access: access.admin,
  indexes: ['person_id', 'task_id', 'entity_id, task_type_id', 'project_id'],
  creating: async (values, context) => {
    if (values.person_id && !(await context.db.one(sql`select 1 from directory_person where id = ${values.person_id}`))) throw new Invalid('There is no such person.');
    const task = values.task_id ? await context.db.one(sql`select project_id from task where id = ${values.task_id}`) : null;
    if (values.task_id && !task) throw new Invalid('There is no such task.');
    const entity = values.entity_id ? await context.db.one(sql`select project_id from entity where id = ${values.entity_id}`) : null;
    if (values.entity_id && !entity) throw new Invalid('There is no such entity.');
    return { project_id: task?.project_id ?? entity?.project_id ?? null };
  },
});

type Wanted = { person_id: string; task_id: string | null; entity_id: string | null; task_type_id: string | null; project_id: string; subscription_id: string };
const none = { task_id: null, entity_id: null, task_type_id: null };

const taskOf = async (task_id: string, context: Context) => {
  const task = isId(task_id) ? await context.db.one<{ project_id: string; assignees: string[] | null }>(sql`select project_id, assignees::text[] as assignees from task where id = ${task_id}`) : null;
  if (!task) throw new NotFound('task', task_id);
  only.team(context.caller, task.project_id);
  allow(context.caller.roleIn(task.project_id) !== 'vendor' || (task.assignees ?? []).includes(context.caller.personId));
  return task;
};
const sequenceOf = async (sequence_id: string, task_type_id: string, context: Context) => {
  const entity = isId(sequence_id) ? await context.db.one<{ project_id: string }>(sql`select project_id from entity where id = ${sequence_id}`) : null;
  if (!entity) throw new NotFound('sequence', sequence_id);
  if (!isId(task_type_id) || !(await context.db.one(sql`select 1 from task_type where id = ${task_type_id}`))) throw new NotFound('task type', task_type_id);
  only.team(context.caller, entity.project_id);
  return entity;
};

const mine = (context: Context, where: Statement) => context.db.all<{ id: string }>(sql`select id from subscription where person_id = ${context.caller.personId} and ${where}`);
const known = async (context: Context, where: Statement): Promise<string> =>
  (await mine(context, where))[0]?.id ?? context.moment.id();

/** Follows; who follows already stays as is, also when two ask at once. */
export const follow = command({
  subject: 'cmd.notifications.follow', state: subscription.commands.create.state as any, claims: subscription.commands.create.claims,
  schema: z.object({ task_id: z.string().optional(), sequence_id: z.string().optional(), task_type_id: z.string().optional() }), access: to.team.but({ vendor: 'filtered' }),
  prepare: async (c, context): Promise<any> => {
    const person_id = context.caller.personId;
    if (c.task_id !== undefined) {
      const { project_id } = await taskOf(c.task_id, context);
      return { ...none, person_id, task_id: c.task_id.toLowerCase(), project_id, subscription_id: await known(context, sql`task_id = ${c.task_id}`) };
    }
    const [entity_id, task_type_id] = [String(c.sequence_id).toLowerCase(), String(c.task_type_id).toLowerCase()];
    const { project_id } = await sequenceOf(entity_id, task_type_id, context);
    return { ...none, person_id, entity_id, task_type_id, project_id, subscription_id: await known(context, sql`entity_id = ${entity_id} and task_type_id = ${task_type_id}`) };
  },
  stream: (c: any) => subscription.stream(c.subscription_id),
  decide: (c: Wanted, row: unknown) => (row !== null ? [] : [subscription.events.created(c)]),
  taken: (_claim, holder, c: any) => ({ instead: { ...c, subscription_id: holder.slice('subscription-'.length) } }),
  answer: async (c: any, context) => JSON.parse((await oneText(context.db, subscription.shape, context.caller, sql`t.id = ${c.subscription_id}`, false)) ?? 'null'),
});

const forget = async (context: Context, rows: { id: string }[]) => {
  for (const { id } of rows) await context.runAsSystem(subscription.commands.remove, { id }, id);
};

/** Follows no more; who did not follow stays as is. */
export const unfollow = spanning({
  subject: 'cmd.notifications.unfollow', schema: z.object({ task_id: z.string().optional(), sequence_id: z.string().optional(), task_type_id: z.string().optional() }), access: to.signedIn,
  handle: async (c, context) => {
    const wanted = c.task_id === undefined ? [c.sequence_id, c.task_type_id] : [c.task_id];
    if (!wanted.every(isId)) throw new NotFound('subscription');
    await forget(context, await mine(context, c.task_id !== undefined ? sql`task_id = ${c.task_id}` : sql`entity_id = ${c.sequence_id} and task_type_id = ${c.task_type_id}`));
  },
});

const Many = z.object({ task_ids: z.array(z.string().refine(isId, { error: 'task_ids must be ids.' })).min(1, { error: 'task_ids must name a task.' }).max(1_000) });
/** Follows several tasks: all, or none when one is not there or not for the caller. */
export const followMany = spanning({
  subject: 'cmd.notifications.follow-many', schema: Many, access: to.team.but({ vendor: 'filtered' }),
  handle: async ({ task_ids }, context) => {
    const ids = [...new Set(task_ids.map((id) => id.toLowerCase()))];
    for (const id of ids) await taskOf(id, context);
    for (const id of ids) await context.run(follow, { task_id: id }, id);
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select id, person_id, task_id, entity_id, task_type_id, created_at, updated_at, 'Subscription' as type from subscription
      where person_id = ${context.caller.personId} and task_id = any(${`{${ids.join(',')}}`}::uuid[]) order by array_position(${`{${ids.join(',')}}`}::uuid[], task_id)`)).text);
  },
});
export const unfollowMany = spanning({
  subject: 'cmd.notifications.unfollow-many', schema: Many, access: to.signedIn,
  handle: async ({ task_ids }, context) => {
    await forget(context, await mine(context, sql`task_id = any(${`{${task_ids.join(',')}}`}::uuid[])`));
    return task_ids;
  },
});

const isFollowed = (path: string, entity: string) => route({
  method: 'get', path, summary: 'Get whether the caller follows the tasks of a type in a sequence', answers: { 200: z.boolean() }, access: to.signedIn,
  ask: async (c) => (await mine(c, sql`entity_id = ${pathId(c.request, entity)} and task_type_id = ${pathId(c.request, 'task_type_id')}`)).length > 0,
});
const sequence = '/actions/user/sequences/{sequence_id}/task-types/{task_type_id}';

/** Following tasks and sequences. */
export const subscriptionRoutes: Route[] = [
  route({ method: 'post', path: '/actions/user/tasks/subscribe', summary: 'Follow tasks', answers: { 201: z.array(subscription.answer) }, command: followMany, status: 201 }),
  route({ method: 'post', path: '/actions/user/tasks/unsubscribe', summary: 'Follow tasks no more', answers: { 200: ids }, command: unfollowMany, status: 200 }),
  route({ method: 'post', path: '/actions/user/tasks/{task_id}/subscribe', summary: 'Follow a task', answers: { 201: subscription.answer }, command: follow, status: 201, input: (r) => ({ task_id: r.params.task_id }) }),
  route({ method: 'delete', path: '/actions/user/tasks/{task_id}/unsubscribe', summary: 'Follow a task no more', command: unfollow, status: 204, input: (r) => ({ task_id: r.params.task_id }) }),
  route({ method: 'post', path: `${sequence}/subscribe`, summary: 'Follow the tasks of a type in a sequence', answers: { 201: subscription.answer }, command: follow, access: to.team, status: 201, input: (r) => ({ ...r.params }) }),
  route({ method: 'delete', path: `${sequence}/unsubscribe`, summary: 'Follow the tasks of a type in a sequence no more', command: unfollow, status: 204, input: (r) => ({ ...r.params }) }),
  route({ method: 'get', path: '/data/user/tasks/{task_id}/subscribed', summary: 'Get whether the caller follows a task', answers: { 200: z.boolean() }, access: to.signedIn,
    ask: async (c) => (await mine(c, sql`task_id = ${pathId(c.request, 'task_id')}`)).length > 0 }),
  isFollowed('/data/user/entities/{sequence_id}/task-types/{task_type_id}/subscribed', 'sequence_id'),
  isFollowed('/data/user/sequences/{sequence_id}/task-types/{task_type_id}/subscribed', 'sequence_id'),
  route({ method: 'get', path: '/data/user/projects/{project_id}/task-types/{task_type_id}/sequence-subscriptions', summary: 'List the ids of the sequences that the caller follows', answers: { 200: ids }, access: to.team, ask: async (c) => {
    const id = await ownProject(c);
    const rows = await c.db.all<{ entity_id: string }>(sql`select entity_id from subscription where person_id = ${c.caller.personId} and project_id = ${id} and task_type_id = ${pathId(c.request, 'task_type_id')}
      and entity_id is not null order by log_position`);
    return rows.map((r) => r.entity_id);
  } }),
  route({ method: 'get', path: '/data/projects/{project_id}/subscriptions', summary: 'List who follows which tasks of a production', answers: { 200: z.array(subscription.answer) }, access: to.admins, ask: async (c) => {
    const id = await ownProject(c);
    return rendered(c.db, sql`select ${raw("id, person_id, task_id, entity_id, task_type_id, created_at, updated_at, 'Subscription' as type")} from subscription where project_id = ${id} and task_id is not null order by log_position`);
  } }),
  ...subscription.routes,
];
