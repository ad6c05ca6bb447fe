import { Invalid, isId, NotFound, type Context } from '@shotlog/kernel';
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
  const row = await context.db.one({ text: `select 1 as found from "${table}" where id = ?`, params: [id] });
  if (!row) throw new Invalid(`There is no ${label} ${id}.`);
  return id;
};
