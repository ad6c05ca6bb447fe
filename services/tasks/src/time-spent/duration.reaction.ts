import { reaction, sql, when, type Context, type Recorded } from '@shotlog/kernel';
import { changeTask } from '../task/update-task.ts';
import { timeSpent } from './time-spent.ts';

/** A task's duration is the sum of its hours: told by an event of its own, since other services show it too. */
const sum = async (e: Recorded, context: Context): Promise<void> => {
  const row = await context.db.one(sql`select t.id, coalesce((select sum(s.duration) from time_spent s where s.task_id = t.id), 0) as duration, t.duration as was from task t
    where t.id = (select coalesce((select s.task_id from time_spent s where s.id = ${e.data.time_spent_id}), ${e.data.task_id ?? null}::uuid))`);
  if (row && row.duration !== row.was) await context.runAsSystem(changeTask, { task_id: row.id, changes: { duration: row.duration }, person_id: null }, 'duration');
};
/** Gone hours name no task any more: every task of the production whose duration is not its sum is put right. */
const sumOfProject = async (e: Recorded, context: Context): Promise<void> => {
  const rows = await context.db.all(sql`select t.id, coalesce(s.total, 0) as duration from task t left join (select task_id, sum(duration) as total from time_spent where project_id = ${e.data.project_id} group by 1) s on s.task_id = t.id
    where t.project_id = ${e.data.project_id} and t.duration is distinct from coalesce(s.total, 0)`);
  for (const { id, duration } of rows) await context.runAsSystem(changeTask, { task_id: id, changes: { duration }, person_id: null }, `duration ${id}`);
};

export const durationReaction = reaction('task-durations', [when(timeSpent.events.created, sum as never), when(timeSpent.events.updated, sum as never), when(timeSpent.events.deleted, sumOfProject as never)]);
