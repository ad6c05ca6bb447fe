import { rendered, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { createPlainEntity } from '../entity/create-entity.ts';
import { listColumns } from '../entity/entity.columns.ts';
import { setEntity } from '../entity/update-entity.ts';
import { entityType } from '../entity-type/entity-type.ts';
import type { Plan } from './plan.ts';

/** How many steps are under way at the same time: enough that appends share a sync, few enough that others have their turn. */
const AT_ONCE = 16;
const each = async <T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  const left = [...items];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  }));
};

const STATUSES = sql`select json_object_agg(id, json_build_object('id', id, 'is_done', is_done, 'is_retake', is_retake, 'is_wip', is_wip, 'is_feedback_request', is_feedback_request)) as statuses from task_status`;

const tasks = async (plan: Plan, context: Context): Promise<void> => {
  const { project_id } = plan;
  await each(plan.tasks, ({ id, ...task }) => context.send('cmd.tasks.ensure-task', { id, values: { ...task, name: 'main', project_id, assigner_id: context.caller.id, assignees: [] } }, `task ${id}`));
  if (plan.comments.length === 0) return;
  const { statuses } = (await context.db.one(STATUSES))!;
  await each(plan.comments, ({ id, ...comment }) => context.send('cmd.tasks.say', { ...comment, comment_id: id, person_id: context.caller.id, created_at: null, checklist: [], links: [], for_client: false,
    mentions: [], department_mentions: [], statuses }, `comment ${id}`));
};

/** Does what a table comes to. Every step may be done again: what is there stays as it is. */
export const applyPlan = spanning({
  subject: 'cmd.breakdown.apply-import', schema: z.any(), access: to.teamManagers.of('project_id'),
  handle: async (plan: Plan, context) => {
    await each(plan.types, ({ id, name }) => context.runAsSystem(entityType.commands.create, { entity_type_id: id, name }, `type ${id}`));
    await context.settled();
    for (const kind of ['episode', 'sequence', plan.kind] as const) {
      await each(plan.created.filter((c) => c.kind === kind), ({ id, values }) => context.runAsSystem(createPlainEntity, { ...values, id }, `create ${id}`));
      await context.settled();
    }
    await each(plan.updated, ({ id, changes }) => context.run(setEntity, { id, changes }, `update ${id}`));
    await tasks(plan, context);
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select x.*, 'Entity' as type from unnest(${`{${plan.entity_ids.join(',')}}`}::uuid[]) with ordinality o(id, n) join entity t on t.id = o.id
      cross join lateral (select ${listColumns(plan.kind, false)}) x order by o.n`)).text);
  },
});
