import { Invalid, only, raw, Removed, rendered, route, selectList, spanning, sql, textArray, to, type Context, type Route, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { removeComment, statusesFor } from '../comment/change-comments.ts';
import { Comment } from '../comment/comment.answers.ts';
import { commentShape } from '../comment/comment.table.ts';
import { deleteOne } from '../task/delete-tasks.ts';
import { Task } from '../task/task.answers.ts';
import { taskShape } from '../task/task.table.ts';
import { taskStatus } from '../task-status/task-status.ts';
import { taskType } from '../task-type/task-type.ts';
import { MOST } from './bring.ts';
import { byNumber, note, status, step, task, type Gun } from './shotgun-things.ts';

const bringing = (what: string, shape: Shape, answer: z.ZodType, bring: (entry: Gun, context: Context) => Promise<string | null>): Route => route({
  method: 'post', path: `/import/shotgun/${what}`, summary: `Bring ${what} over from Shotgun`, body: z.array(z.looseObject({ id: z.int() })), answers: { 200: z.array(answer) }, description: 'A list of things as the API of Shotgun answers them. What names nothing that was brought over before is left out.', status: 200,
  input: (r) => ({ entries: r.body }),
  command: spanning({
    subject: `cmd.tasks.import-shotgun-${what}`, access: to.admins, schema: z.object({ entries: z.unknown().optional() }),
    prepare: (given: any, { caller }): any => (only.admin(caller), given),
    handle: async ({ entries }: any, context) => {
      if (!Array.isArray(entries) || entries.length > MOST) throw new Invalid('The body must be a list.');
      const ids: string[] = [];
      for (const entry of entries) {
        const id = Number.isInteger(entry?.id) && Math.abs(entry.id) < 2 ** 31 ? await bring(entry, context) : null;
        if (id !== null) ids.push(id);
      }
      await context.settled();
      return JSON.parse((await rendered(context.db, sql`select ${selectList(shape, context.caller, false)} from "${raw(shape.table.name)}" t where t.id = any(${textArray(ids)}::uuid[]) order by array_position(${textArray(ids)}::uuid[], t.id)`)).text);
    },
  }),
});

const removing = (what: string, table: string, remove: (id: string, context: Context) => Promise<unknown>): Route => route({
  method: 'post', path: `/import/shotgun/remove/${what}`, summary: `Remove a ${what} by its number in Shotgun`, body: z.object({ id: z.int() }), answers: { 200: Removed }, status: 200, input: (r) => ({ id: (r.body as any)?.id }),
  command: spanning({
    subject: `cmd.tasks.remove-shotgun-${what}`, access: to.admins, schema: z.object({ id: z.unknown().optional() }), prepare: (given: any, { caller }): any => (only.admin(caller), given),
    handle: async ({ id: number }: any, context) => {
      if (!Number.isInteger(number) || Math.abs(number) >= 2 ** 31) throw new Invalid('id must be a number of Shotgun.');
      const id = await byNumber(context, table, number);
      if (id === null) return { success: true };
      const success = await remove(id, context).then(() => true, (error) => {
        if (error instanceof Invalid) return false;
        throw error;
      });
      return { success, removed_instance_id: id };
    },
  }),
});

const removeNote = async (id: string, context: Context): Promise<void> => {
  const row = await context.db.one(sql`select c.object_id, t.entity_id from comment c join task t on t.id = c.object_id where c.id = ${id}`);
  if (row) await context.runAsSystem(removeComment, { task_id: row.object_id, comment_id: id, ...(await statusesFor(context, row.entity_id)), person_id: null }, id);
};

/** What was left of Shotgun. Numbers of Shotgun stand in `shotgun_id`. */
export const shotgunRoutes: Route[] = [
  bringing('steps', taskType.shape, taskType.answer, step), bringing('status', taskStatus.shape, taskStatus.answer, status), bringing('tasks', taskShape, Task, task), bringing('notes', commentShape, Comment, note),
  removing('step', 'task_type', (id, context) => context.run(taskType.commands.remove, { id }, id)), removing('status', 'task_status', (id, context) => context.run(taskStatus.commands.remove, { id }, id)),
  removing('task', 'task', (task_id, context) => context.runAsSystem(deleteOne, { task_id }, task_id)), removing('note', 'comment', removeNote),
];
