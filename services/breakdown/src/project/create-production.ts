import { Invalid, isId, spanning, sql } from '@shotlog/kernel';
import { z } from 'zod';
import { createEntity } from '../entity/create-entity.ts';
import { applyTo, valuesOf } from '../project-template/apply-template.ts';
import { existingTemplate } from '../project-template/template.commands.ts';
import { createProject } from './create-project.ts';
import { FIRST_EPISODE } from './first-episode.ts';
import { mayCreate } from './project.policy.ts';
import { projectAnswer } from './project.queries.ts';
import { known } from './project.steps.ts';
import { addMember } from './team.ts';

const Body = z.record(z.string(), z.unknown());
const given = (values: Record<string, unknown>) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

/**
 * Creates a production: of a template where one is named (what the body says goes first), with a team where one is given, and a series
 * with its first episode.
 * @throws Invalid (400) for a name that is taken, NotFound (404) for an unknown template.
 */
export const createProduction = spanning({
  subject: 'cmd.breakdown.create-production', schema: Body, policy: mayCreate, resumable: true,
  prepare: async ({ project_template_id, team, id: _, ...values }, context) => {
    mayCreate(context.caller);
    const template = project_template_id ? await existingTemplate(String(project_template_id), context) : null;
    const members = team ?? [];
    if (!Array.isArray(members) || !members.every(isId)) throw new Invalid('team is a list of ids of persons.');
    for (const person of members) await known(context, 'directory_person', 'person', person);
    const row = template === null ? {} : valuesOf((await context.db.one<Record<string, any>>(sql`select * from project_template where id = ${template}`))!);
    return { values: { ...given(row), ...given(values) }, template, team: members as string[] };
  },
  handle: async ({ values, template, team }: { values: Record<string, unknown>; template: string | null; team: string[] }, context) => {
    const { project_id } = (await context.run(createProject, values, 'project')) as { project_id: string };
    await context.settled();
    if (template !== null) await applyTo(context, project_id, template, false);
    for (const person_id of team) await context.run(addMember, { project_id, person_id }, `member ${person_id}`);
    if (values.production_type === 'tvshow') await context.run(createEntity.episode, { project_id, name: FIRST_EPISODE }, 'first episode');
    await context.settled();
    return projectAnswer(context.db, context.caller, project_id, true);
  },
});
