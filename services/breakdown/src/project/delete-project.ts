import { command, Invalid, isId, only, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { projectEvents } from './project.fields.ts';
import { existingProject } from './project.queries.ts';
import { projectClaims, projectState, projectStream } from './project.state.ts';
import { live } from './project.steps.ts';

type DeleteProject = { project_id: string; closed: boolean };

/**
 * Deletes a closed production; everything that hangs on it goes with it, in every service.
 * @throws Forbidden (403) to all but admins, Invalid (400) while it is open.
 */
export const deleteProject = command({
  subject: 'cmd.breakdown.delete-project', schema: z.object({ project_id: z.string() }), state: projectState, access: to.admins, claims: projectClaims,
  prepare: async (given, context: Context): Promise<DeleteProject> => {
    const shown: string = given.project_id.slice(0, 60);
    if (!isId(given.project_id)) throw new Invalid(`"${shown}" is no id.`);
    const project_id = given.project_id.toLowerCase();
    const row = await existingProject(context.db, project_id);
    only.admin(context.caller);
    const status = await context.db.one<{ name: string }>(sql`select name from project_status where id = ${row.project_status_id}`);
    return { project_id, closed: status?.name.toLowerCase() === 'closed' };
  },
  stream: (c) => projectStream(c.project_id),
  decide: ({ project_id, closed }: DeleteProject, state) => {
    live(state, project_id);
    if (!closed) throw new Invalid('Only a closed production can be deleted.');
    return [projectEvents.deleted({ project_id })];
  },
});
