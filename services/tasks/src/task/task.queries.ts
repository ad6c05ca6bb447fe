import { NotFound, oneText, sql, type Caller, type Db } from '@shotlog/kernel';
import { taskShape } from './task.table.ts';

/** A task's row with its task type's department. @throws NotFound (404). */
export const existingTask = async (db: Db, id: string): Promise<Record<string, any>> => {
  const row = await db.one(sql`select t.*, t.assignees::text[] as assignees, y.department_id from task t left join task_type y on y.id = t.task_type_id where t.id = ${id}`);
  if (!row) throw new NotFound('task', id);
  return row;
};

/** A production's row. @throws NotFound (404). */
export const existingProject = async (db: Db, id: string): Promise<Record<string, any>> => {
  const row = await db.one(sql`select * from project where id = ${id}`);
  if (!row) throw new NotFound('production', id);
  return row;
};

/** A task type's row. @throws NotFound (404). */
export const existingTaskType = async (db: Db, id: string): Promise<Record<string, any>> => {
  const row = await db.one(sql`select * from task_type where id = ${id}`);
  if (!row) throw new NotFound('task type', id);
  return row;
};

/** An entity's row. @throws NotFound (404). */
export const existingEntity = async (db: Db, id: string): Promise<Record<string, any>> => {
  const row = await db.one(sql`select * from entity where id = ${id}`);
  if (!row) throw new NotFound('entity', id);
  return row;
};

/** A task as answers to changes show it. @throws NotFound when it is gone. */
export const taskAnswer = async (db: Db, caller: Caller, id: string, relations: boolean): Promise<any> => {
  const text = await oneText(db, taskShape, caller, sql`t.id = ${id}`, relations);
  if (text === null) throw new NotFound('task', id);
  return JSON.parse(text);
};
