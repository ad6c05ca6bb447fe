import { Invalid, oneText, Removed, route, spanning, sql, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { Project as ProjectAnswer } from './project.answers.ts';
import { createProject } from './create-project.ts';
import { deleteProject } from './delete-project.ts';
import { listedShape } from './project.queries.ts';
import { addMember } from './team.ts';
import { updateProject } from './update-project.ts';

const Reference = z.object({ id: z.number().int().positive().max(2_147_483_647) }).loose();
const Project = Reference.extend({ name: z.string().min(1).max(80), sg_status: z.string().nullish() });
const Connection = Reference.extend({ project: Reference.nullish(), user: Reference.nullish() });

const entriesOf = <S extends z.ZodType>(entries: unknown, schema: S): z.output<S>[] => {
  // Shotgun's exporter sends an object where it has nothing to send.
  if (!Array.isArray(entries)) return [];
  return entries.map((entry, i) => {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) throw new Invalid(`Entry ${i + 1}: ${parsed.error.issues[0]!.path.join('.')} ${parsed.error.issues[0]!.message}`);
    return parsed.data;
  });
};
const Body = z.object({ entries: z.unknown() });
const shown = async ({ db, caller }: Context, id: string): Promise<unknown> => JSON.parse((await oneText(db, listedShape, caller, sql`t.id = ${id}`, false))!);
const byShotgun = (context: Context, id: number) => context.db.one<{ id: string }>(sql`select id from project where shotgun_id = ${id}`);

/** Brings productions over from Shotgun: found by their id there or their name, made when neither is known. */
export const importShotgunProjects = spanning({
  subject: 'cmd.breakdown.import-shotgun-projects', schema: Body, access: to.admins,
  handle: async ({ entries }, context) => {
    const made: unknown[] = [];
    for (const { id: shotgun_id, name, sg_status, ...more } of entriesOf(entries, Project)) {
      const status = await context.db.one<{ id: string }>(sql`select id from project_status where lower(name) = lower(${sg_status === 'Active' ? 'Open' : sg_status ?? 'Open'})`);
      const found = await byShotgun(context, shotgun_id) ?? await context.db.one<{ id: string }>(sql`select id from project where name = ${name}`);
      // Fields that a studio added in Shotgun begin with sg_.
      const data = Object.fromEntries(Object.entries(more).filter(([key]) => key.startsWith('sg_')));
      const values = { name, shotgun_id, ...(found && Object.keys(data).length === 0 ? {} : { data }), ...(status ? { project_status_id: status.id } : {}) };
      const id = found?.id ?? ((await context.run(createProject, values, `project ${shotgun_id}`)) as { project_id: string }).project_id;
      if (found) await context.run(updateProject, { project_id: id, changes: values }, `project ${shotgun_id}`);
      await context.settled();
      made.push(await shown(context, id));
    }
    return made;
  },
});

/**
 * Puts persons on the teams of productions, as Shotgun connects them. Both are named by their ids in Shotgun; who of them is not
 * here is passed over. `persons` are the ids here by those in Shotgun, which only auth knows.
 */
export const importConnections = spanning({
  subject: 'cmd.breakdown.import-shotgun-project-connections', schema: Body, access: to.admins,
  handle: async ({ entries }, context) => {
    const connections = entriesOf(entries, Connection.partial({ id: true }));
    const members = await context.db.all<{ id: string }>(sql`select id from directory_person`);
    const cards = connections.length === 0 ? new Map() : await context.persons(members.map((m) => m.id));
    const persons = new Map([...cards.values()].filter((card) => card.shotgun_id != null).map((card) => [Number(card.shotgun_id), card.id as string]));
    const answers: unknown[] = [];
    for (const { project, user } of connections) {
      const found = project ? await byShotgun(context, project.id) : null;
      if (!found) continue;
      const person_id = user ? persons.get(user.id) : undefined;
      if (person_id) await context.run(addMember, { project_id: found.id, person_id }, `${found.id} ${person_id}`);
      await context.settled();
      answers.push(await shown(context, found.id));
    }
    return answers;
  },
});

/** Takes away the production of a Shotgun id: `success` is false while it is open. Nothing to take away is a success. */
export const removeShotgunProject = spanning({
  subject: 'cmd.breakdown.remove-shotgun-project', schema: z.object({ id: z.number({ error: 'id is needed, a number.' }).int() }), access: to.admins,
  handle: async ({ id }, context) => {
    const found = Math.abs(id) > 2_147_483_647 ? null : await byShotgun(context, id);
    if (!found) return { success: true };
    try {
      await context.run(deleteProject, { project_id: found.id }, 'delete');
      return { success: true, removed_instance_id: found.id };
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return { success: false, removed_instance_id: found.id };
    }
  },
});

/** Connections have no id here, so there is nothing to take away by one. */
export const removeConnection = spanning({
  subject: 'cmd.breakdown.remove-shotgun-project-connection', schema: z.object({ id: z.number({ error: 'id is needed, a number.' }).int() }), access: to.admins,
  handle: async () => ({ success: true }),
});

const input = ({ body }: { body: unknown }) => ({ entries: body });
export const shotgunProjectRoutes: Route[] = [
  route({ method: 'post', path: '/import/shotgun/projects', summary: 'Bring productions over from Shotgun', body: z.array(Project), answers: { 200: z.array(ProjectAnswer) }, command: importShotgunProjects, status: 200, input }),
  ...['project-connections', 'projectconnections'].map((path) =>
    route({ method: 'post' as const, path: `/import/shotgun/${path}`, summary: 'Bring the teams of productions over from Shotgun', body: z.array(Connection), answers: { 200: z.array(ProjectAnswer) }, command: importConnections, status: 200, input })),
  route({ method: 'post', path: '/import/shotgun/remove/project', summary: 'Delete the production of a Shotgun id', answers: { 200: Removed }, command: removeShotgunProject, status: 200 }),
  ...['project-connection', 'projectconnection'].map((path) =>
    route({ method: 'post' as const, path: `/import/shotgun/remove/${path}`, summary: 'Forget a connection of Shotgun', answers: { 200: Removed }, command: removeConnection, status: 200 })),
];
