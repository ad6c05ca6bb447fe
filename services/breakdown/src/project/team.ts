import { command, Forbidden, Invalid, isId, maybe, NotFound, ROLES, route, sql, TeamMemberAdded, TeamMemberRemoved, TeamMemberRoleSet, to, type Context, type PersonCard, type Role } from '@shotlog/kernel';
import { z } from 'zod';
import { existingProject, projectAnswer } from './project.queries.ts';
import { projectState, projectStream } from './project.state.ts';
import { known, live, openForChange } from './project.steps.ts';
import { Project } from './project.answers.ts';
import { TeamMember } from '@shotlog/auth/person/person.answers';

const PROJECT_ROLES = ROLES.filter((role) => role !== 'admin');
const OptionalRole = z.enum(PROJECT_ROLES).nullable().optional();
type Member = { project_id: string; person_id: string; role?: Role | null | undefined };
const stream = (c: Member) => projectStream(c.project_id);

/** Puts a person on the team; somebody who is there already stays. `role` is the role in this production only. */
export const addMember = command({
  subject: 'cmd.breakdown.add-team-member', schema: z.object({ project_id: z.string(), person_id: z.string(), role: OptionalRole }), state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context): Promise<Member> => {
    const project_id = await openForChange(given.project_id, context);
    return { project_id, person_id: await known(context, 'directory_person', 'person', given.person_id), role: given.role };
  },
  decide: ({ project_id, person_id, role }: Member, state) => {
    const { team } = live(state, project_id);
    if (team.has(person_id) && (role === undefined || role === team.get(person_id))) return [];
    return [TeamMemberAdded({ project_id, person_id, role: role ?? null })];
  },
  answer: (c, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});

/** Gives a member another role in this production; null: the studio's again. @throws Invalid (400) for who is not on the team. */
export const setMemberRole = command({
  subject: 'cmd.breakdown.set-team-member-role', schema: z.object({ project_id: z.string(), person_id: z.string(), role: OptionalRole }), state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context): Promise<Member> => {
    const project_id = await openForChange(given.project_id, context);
    if (!isId(given.person_id)) throw new NotFound('person');
    return { project_id, person_id: given.person_id.toLowerCase(), role: given.role ?? null };
  },
  decide: ({ project_id, person_id, role }: Member, state) => {
    const { team } = live(state, project_id);
    if (!team.has(person_id)) throw new Invalid('This person is not on the team of the production.');
    return team.get(person_id) === role ? [] : [TeamMemberRoleSet({ project_id, person_id, role: role ?? null })];
  },
  answer: ({ project_id, person_id, role }) => ({ project_id, person_id, role }),
});

/** Takes a person off the team; nobody to take off: nothing happens. */
export const removeMember = command({
  subject: 'cmd.breakdown.remove-team-member', schema: z.object({ project_id: z.string(), person_id: z.string() }), state: projectState, access: to.teamManagers.of('project_id'), stream,
  prepare: async (given, context: Context): Promise<Member> => {
    const project_id = await openForChange(given.project_id, context);
    if (!isId(given.person_id)) throw new NotFound('person');
    return { project_id, person_id: given.person_id.toLowerCase() };
  },
  decide: ({ project_id, person_id }: Member, state) => (live(state, project_id).team.has(person_id) ? [TeamMemberRemoved({ project_id, person_id })] : []),
});

const shown = (card: PersonCard, full: boolean): Record<string, unknown> => {
  if (full) return card;
  const { id, first_name, last_name, full_name, has_avatar, active, departments, role, desktop_login, is_bot, studio_id } = card;
  return { id, type: 'Person', first_name, last_name, full_name, has_avatar, active, departments, role, desktop_login, is_bot, studio_id };
};

const member = '/data/projects/{project_id}/team/{person_id}';
export const teamRoutes = [
  route({
    method: 'get', path: '/data/projects/{project_id}/team', summary: "List the persons of a production's team", answers: { 200: z.array(TeamMember) }, access: to.team,
    ask: async (c) => {
      const id = c.request.params.project_id!;
      if (!isId(id)) throw new NotFound('project');
      await existingProject(c.db, id);
      if (!c.caller.isIn(id.toLowerCase())) throw new Forbidden();
      const team = await c.db.all<{ person_id: string; role: Role | null }>(sql`select person_id, role from directory_team where project_id = ${id} order by person_id`);
      const cards = await c.persons(team.map((m) => m.person_id));
      return team.flatMap(({ person_id, role }) => {
        const card = cards.get(person_id);
        return card ? [{ ...shown(card, c.caller.manages(id.toLowerCase())), project_role: role }] : [];
      });
    },
  }),
  route({ method: 'post', path: '/data/projects/{project_id}/team', summary: 'Put a person on the team of a production', answers: { 201: Project }, command: addMember, status: 201 }),
  route({ method: 'put', path: member, summary: "Set a person's role in a production", answers: { 200: z.object({ project_id: z.guid(), person_id: z.guid(), role: maybe.text }) }, command: setMemberRole, status: 200 }),
  route({ method: 'delete', path: member, summary: 'Take a person off the team of a production', command: removeMember, status: 204 }),
];
