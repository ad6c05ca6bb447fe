import { command, Invalid, isId, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { projectBody, projectEvents } from './project.fields.ts';
import { projectAnswer } from './project.queries.ts';
import { projectClaims, projectState, projectStream } from './project.state.ts';
import { known, live, openForChange } from './project.steps.ts';
import { linksReplaced, wholeLists, type WholeLists } from './replace-links.ts';

type UpdateProject = { project_id: string; changes: Record<string, any>; links?: WholeLists };

/** Changes fields of a production, and the lists of what it uses where they are given whole. Its team has commands of its own. */
export const updateProject = command({
  subject: 'cmd.breakdown.update-project', schema: z.object({ project_id: z.string(), changes: z.unknown() }), state: projectState, access: to.teamManagers.of('project_id'),
  prepare: async (given, context: Context): Promise<UpdateProject> => {
    const shown: string = given.project_id.slice(0, 60);
    if (!isId(given.project_id)) throw new Invalid(`"${shown}" is no id.`);
    const project_id = await openForChange(given.project_id, context);
    const parsed = projectBody.safeParse(given.changes ?? {});
    if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
    const changes = Object.fromEntries(Object.entries(parsed.data).filter(([, value]) => value !== undefined));
    if ('name' in changes && !changes.name) throw new Invalid('A production has a name.');
    if (changes.project_status_id) await known(context, 'project_status', 'project status', changes.project_status_id);
    return { project_id, changes, links: await wholeLists(given.changes, context) };
  },
  stream: (c) => projectStream(c.project_id),
  claims: projectClaims,
  taken: () => new Invalid('There is a production of this name already.'),
  decide: (c: UpdateProject, state) => {
    const { values } = live(state, c.project_id);
    const changes = Object.fromEntries(Object.entries(c.changes).filter(([name, value]) => JSON.stringify(values[name] ?? null) !== JSON.stringify(value ?? null)));
    return [...(Object.keys(changes).length === 0 ? [] : [projectEvents.updated({ project_id: c.project_id, changes })]), ...(c.links ? linksReplaced(state, c.project_id, c.links) : [])];
  },
  answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});
