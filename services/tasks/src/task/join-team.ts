import { projectState, projectStream } from '@shotlog/breakdown/project/project.state';
import { command, sql, TeamMemberAdded, to, type Context, type NewEvent } from '@shotlog/kernel';
import { z } from 'zod';

/** Who is given work in a production joins its team. One who is on it: nothing. */
export const joinTeam = command({
  subject: 'cmd.tasks.join-team', schema: z.object({ project_id: z.guid(), person_id: z.guid() }), state: projectState, access: to.system,
  stream: ({ project_id }) => projectStream(project_id),
  decide: ({ project_id, person_id }: { project_id: string; person_id: string }, state: any): NewEvent[] =>
    !state?.team || state.team.has(person_id) ? [] : [TeamMemberAdded({ project_id, person_id, role: null })],
});

/** Puts a person on the teams of these productions where they are not. */
export const joinTeams = async (context: Context, project_ids: string[], person_id: string): Promise<void> => {
  const there = new Set((await context.db.all(sql`select project_id from directory_team where person_id = ${person_id}`)).map((r) => r.project_id as string));
  for (const project_id of new Set(project_ids)) if (!there.has(project_id)) await context.runAsSystem(joinTeam, { project_id, person_id }, `join ${project_id}`);
};
