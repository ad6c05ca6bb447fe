import { allow, command, event, Invalid, isId, NotFound, selectList, spanning, sql, to, type Context, type NewEvent, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { entities, entityTypes, projects } from '../neighbours.ts';
import { defaultTaskStatusId, taskStatus } from '../task-status/task-status.ts';
import { maySeeTask } from './task.policy.ts';
import { taskState, taskStream } from './task.state.ts';
import { existingTask, taskAnswer } from './task.queries.ts';
import { changeTask } from './update-task.ts';

const Id = z.guid();
/** A task was handed over for review, with what the pipeline's tools need to find what is to be looked at. */
export const TaskSentToReview = event('TaskSentToReview', 1, z.object({
  task_id: Id, project_id: Id, previous_task_status_id: Id.nullable(), new_task_status_id: Id.nullable(), comment: z.string(), comment_id: Id.nullable(), person_id: Id.nullable(), preview_path: z.any().optional(),
  change_status: z.boolean(), entity_type_name: z.string().nullable(), entity_shotgun_id: z.number().nullable(), person_shotgun_id: z.number().nullable(), project_shotgun_id: z.number().nullable(), task_shotgun_id: z.number().nullable(),
}), { publish: (e) => [{ name: 'task:to-review', payload: { ...e.data } }] });

const noteReview = command({
  subject: 'cmd.tasks.note-review', schema: z.object({ task_id: Id, facts: z.record(z.string(), z.any()) }), state: taskState, access: to.system,
  stream: ({ task_id }) => taskStream(task_id),
  decide: ({ task_id, facts }: { task_id: string; facts: any }, state): NewEvent[] => {
    if (state.status !== 'live') throw new NotFound('task', task_id);
    return [TaskSentToReview({ ...facts, task_id, project_id: state.project_id })];
  },
});
export const reviewSteps = [noteReview];

/** What may be said when a task is handed over. */
export const ReviewBody = z.object({
  person_id: z.string().nullish(), comment: z.string({ error: 'comment must be a text.' }).nullish(), name: z.string({ error: 'name must be a text.' }).nullish(),
  revision: z.coerce.number({ error: 'revision must be a whole number.' }).int({ error: 'revision must be a whole number.' }).nullish(), change_status: z.boolean({ error: 'change_status must be true or false.' }).nullish(),
}, { error: 'The body must be an object.' });
const shape = (table: Shape['table'], type: string): Shape => ({ table, type });

/** The status of what waits for review, made when it is first needed. */
const reviewStatus = async (context: Context): Promise<string> => {
  const row = await context.db.one(sql`select id from task_status where lower(short_name) = 'pndng' limit 1`);
  if (row) return row.id;
  const task_status_id = defaultTaskStatusId('pndng');
  await context.runAsSystem(taskStatus.commands.create, { task_status_id, name: 'To review', short_name: 'pndng', color: '#f5f5f5' }, 'review status');
  return task_status_id;
};

/**
 * Hands a task over for review: its status becomes To review, unless `change_status` is false, and subscribers of `task:to-review` are told.
 * Source: API reference, PUT /actions/tasks/{task_id}/to-review.
 */
export const toReview = spanning({
  subject: 'cmd.tasks.to-review', access: to.team.but({ client: 'filtered', vendor: 'filtered' }), schema: z.object({ task_id: z.string(), body: z.unknown().optional() }),
  handle: async ({ task_id, body }: any, context) => {
    if (!isId(task_id)) throw new NotFound('task');
    const { db, caller } = context;
    const task = await existingTask(db, task_id);
    maySeeTask(caller, task as any);
    allow(!caller.isIn(task.project_id) || caller.roleIn(task.project_id) !== 'client' || task.assignees.includes(caller.id));
    const parsed = ReviewBody.safeParse(body ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const { person_id, comment, change_status } = parsed.data;
    const card = person_id && isId(person_id) ? (await context.persons([person_id.toLowerCase()])).get(person_id.toLowerCase()) : undefined;
    if (person_id && !card) throw new Invalid(`There is no person ${person_id.slice(0, 60)}.`);
    const review = { id: await reviewStatus(context) };
    const changes = change_status !== false ? { task_status_id: review.id } : {};
    await context.runAsSystem(changeTask, { task_id: task.id, changes, person_id: person_id ?? caller.id }, 'status');
    const row = await db.one(sql`select (select row_to_json(r) from (select ${selectList(shape(entities.table, 'Entity'), caller, true)} from entity t where t.id = ${task.entity_id}) r) as entity,
      (select row_to_json(r) from (select ${selectList(shape(entityTypes.table, 'EntityType'), caller, true)} from entity_type t join entity e on e.entity_type_id = t.id where e.id = ${task.entity_id}) r) as entity_type,
      (select row_to_json(r) from (select ${selectList(shape(projects.table, 'Project'), caller, true)} from project t where t.id = ${task.project_id}) r) as project`);
    const { kind: _, ...entity } = row!.entity ?? {};
    const preview_path = { folder_path: '', file_name: '' };
    await context.runAsSystem(noteReview, { task_id: task.id, facts: {
      previous_task_status_id: task.task_status_id, new_task_status_id: review.id, comment: comment ?? '', comment_id: null, person_id: person_id ?? null, preview_path, change_status: change_status !== false,
      entity_type_name: row!.entity_type?.name ?? null, entity_shotgun_id: entity.shotgun_id ?? null, person_shotgun_id: card?.shotgun_id ?? null, project_shotgun_id: row!.project.shotgun_id ?? null, task_shotgun_id: task.shotgun_id === null ? null : Number(task.shotgun_id) } }, 'note');
    await context.settled();
    return { ...(await taskAnswer(db, caller, task.id, false)), entity, entity_type: row!.entity_type, project: row!.project, person: card ?? null, comment: comment ?? '', preview_path };
  },
});
