import { z } from 'zod';
import { Forbidden, Invalid, isId, NotFound, pathId, raw, sql, to, type Context, type QueryContext } from '@shotlog/kernel';
import { mayManage } from './project.policy.ts';
import { existingProject } from './project.queries.ts';
import type { ProjectState } from './project.state.ts';

/** What must hold before a change to a production is even looked at. @throws NotFound (404) without such a production, Forbidden (403) to others. */
export const openForChange = async (given: string, context: Context): Promise<string> => {
  if (!isId(given)) throw new NotFound('project');
  const project_id = given.toLowerCase();
  await existingProject(context.db, project_id);
  mayManage(context.caller, { project_id });
  return project_id;
};

/** The state of a production that is there. @throws NotFound (404). */
export const live = (state: ProjectState, project_id: string): NonNullable<ProjectState> => {
  if (state === null) throw new NotFound('project', project_id);
  return state;
};

/** Refuses (400) what is no id or names nothing in a table of ours. */
export const known = async (context: Context, table: string, label: string, given: unknown): Promise<string> => {
  if (!isId(given)) throw new Invalid(`"${String(given).slice(0, 60)}" is no id of a ${label}.`);
  const id = given.toLowerCase();
  const row = await context.db.one(sql`select 1 as found from "${raw(table)}" where id = ${id}`);
  if (!row) throw new Invalid(`There is no ${label} ${id}.`);
  return id;
};

/** An id of a path that may name nothing. @throws NotFound (404) for what is no id. */
export const optionalId = (given: string, label: string): string => {
  const id = given.toLowerCase();
  if (!isId(id)) throw new NotFound(label);
  return id;
};

/** A list of ids of a body, each once. @throws Invalid (400) for what is no id. */
export const idsOf = (given: string[], name: string): string[] => {
  for (const id of given) if (!isId(id)) throw new Invalid(`${name} holds what is no id.`);
  return [...new Set(given.map((id) => id.toLowerCase()))];
};

/** Those of some ids that name something in a table of ours, in their order. */
export const present = async (context: Context, table: string, ids: string[]): Promise<string[]> => {
  const rows = await context.db.all<{ id: string }>(sql`select id from "${raw(table)}" where id = any(${`{${ids.join(',')}}`}::uuid[])`);
  const there = new Set(rows.map((r) => r.id));
  return ids.filter((id) => there.has(id));
};

/** A place in an order: a whole number, or none. */
export const Priority = z.number({ error: 'priority is a whole number.' }).int('priority is a whole number.').min(-2_147_483_648).max(2_147_483_647).nullable().optional();

/** A question about one production, for its team. */
export const teamRead = (ask: (context: QueryContext, project_id: string) => Promise<unknown> | unknown, on?: string[]) => ({
  access: to.team,
  ask: async (c: QueryContext) => {
    const id = pathId(c.request, 'project_id');
    await existingProject(c.db, id);
    if (!c.caller.isIn(id)) throw new Forbidden();
    c.keep(on ?? [id], 'person');
    return ask(c, id);
  },
});
