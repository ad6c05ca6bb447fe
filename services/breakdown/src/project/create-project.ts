import { command, Invalid, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { defaultProjectStatusId } from '../project-status/project-status.ts';
import { projectBody, projectEvents, projectFields } from './project.fields.ts';
import { mayCreate } from './project.policy.ts';
import { projectClaims, projectState, projectStream } from './project.state.ts';
import { known } from './project.steps.ts';

/** `project_id` is given where a production is brought over from elsewhere with its id. */
const Body = z.intersection(projectBody, z.object({ project_id: z.guid().optional() }));

/** Fields as they stand in a new production: what is not given takes its default. */
const complete = (given: Record<string, any>): Record<string, any> =>
  Object.fromEntries(Object.entries(projectFields).map(([name, field]) => [name, given[name] ?? ('default' in field ? field.default : null) ?? null]));

/** Puts an open production into the studio, empty. @throws Invalid (400) without a name, or for one that is taken. */
export const createProject = command({
  subject: 'cmd.breakdown.create-project', schema: Body, state: projectState, creates: true, access: to.admins,
  prepare: async (given: Record<string, any>, context: Context) => {
    mayCreate(context.caller);
    if (!given.name) throw new Invalid('name is needed.', { data: { errors: [{ field: 'name', message: 'needed' }] } });
    if (given.project_status_id) await known(context, 'project_status', 'project status', given.project_status_id);
    const open = await context.db.one<{ id: string }>(sql`select id from project_status where lower(name) = 'open'`);
    const values = complete({ ...given, project_status_id: given.project_status_id ?? open?.id ?? defaultProjectStatusId('Open') });
    return { project_id: (given.project_id as string | undefined) ?? context.moment.id(), values };
  },
  stream: (c) => projectStream(c.project_id),
  claims: projectClaims,
  taken: () => new Invalid('There is a production of this name already.'),
  decide: (c, state) => (state === null ? [projectEvents.created({ ...c.values, project_id: c.project_id })] : []),
});
