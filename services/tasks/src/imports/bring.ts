import { command, givenTime, Invalid, isId, raw, sql, to, type Context, type NewEvent, type Resource } from '@shotlog/kernel';
import { z } from 'zod';
import { TaskCommented } from '../task/task.events.ts';
import { taskState, taskStream } from '../task/task.state.ts';

/** A thing from elsewhere, under its own id. */
export type Entry = Record<string, any> & { id: string };
/** Most things of one request. */
export const MOST = 20_000;

/** The things of a body. @throws Invalid (400) for what is no list of objects with ids. */
export const entriesOf = (body: unknown): Entry[] => {
  if (!Array.isArray(body)) throw new Invalid('The body must be a list.');
  if (body.length > MOST) throw new Invalid(`At most ${MOST} things in one request.`);
  return body.map((entry) => {
    if (entry === null || typeof entry !== 'object' || !isId(entry.id)) throw new Invalid('Every entry needs an id.');
    return { ...entry, id: entry.id.toLowerCase() };
  });
};

/** Brings a plain thing: made under its id, or brought up to date. */
export const bringPlain = async (of: Resource, { id, ...values }: Entry, context: Context): Promise<void> => {
  const there = await context.db.one(sql`select 1 from "${raw(of.table.name)}" where id = ${id}`);
  if (there) await context.run(of.commands.update, { id, changes: values }, `update ${id}`);
  else await context.run(of.commands.create, { ...values, [of.idKey]: id }, `create ${id}`);
};

type Brought = { task_id: string; comment_id: string; facts: Record<string, any> };

/** A comment that was said elsewhere: it stands there, and moves nothing. `imported` tells whoever notifies. */
export const bringComment = command({
  subject: 'cmd.tasks.bring-comment', schema: z.object({ task_id: z.guid(), comment_id: z.guid(), facts: z.record(z.string(), z.any()) }), state: taskState, access: to.system,
  stream: ({ task_id }) => taskStream(task_id),
  decide: ({ task_id, comment_id, facts }: Brought, state): NewEvent[] => {
    if (state.status !== 'live') throw new Invalid('object_id names no task.');
    if (state.comments.some((c) => c.id === comment_id)) return [];
    const task_status_id: string | null = facts.task_status_id ?? null;
    return [TaskCommented({ task_id, project_id: state.project_id, comment_id, entity_id: state.fields.entity_id ?? null, task_type_id: state.fields.task_type_id ?? null, person_id: facts.person_id ?? null, task_status_id,
      previous_task_status_id: task_status_id, text: String(facts.text ?? '').replaceAll('\0', ''), checklist: facts.checklist ?? null, for_client: facts.for_client === true, links: facts.links ?? null, mentions: [], department_mentions: [],
      assignees: state.assignees, data: facts.data ?? null, shotgun_id: facts.shotgun_id ?? null, created_at: givenTime(facts.created_at), imported: true })];
  },
});
