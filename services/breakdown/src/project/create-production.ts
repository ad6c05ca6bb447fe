import { spanning, sql, to } from '@shotlog/kernel';
import { z } from 'zod';
import { createEntity } from '../entity/create-entity.ts';
import { applyTo, valuesOf } from '../project-template/apply-template.ts';
import { existingTemplate } from '../project-template/template.commands.ts';
import { createProject } from './create-project.ts';
import { FIRST_EPISODE } from './first-episode.ts';
import { mayCreate } from './project.policy.ts';
import { projectAnswer } from './project.queries.ts';
import { present } from './project.steps.ts';
import { idList, wholeLists, type WholeLists } from './replace-links.ts';
import { addSettings } from './settings-batch.ts';
import { addMember } from './team.ts';

type Planned = { values: Record<string, unknown>; template: string | null; team: string[]; lists: WholeLists['lists'] };
const Body = z.record(z.string(), z.unknown());
const given = (values: Record<string, unknown>) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));

const settingsOf = (project_id: string, lists: WholeLists['lists']) => ({ project_id, task_types: (lists.task_types ?? []).map((task_type_id) => ({ task_type_id })), task_status_ids: lists.task_statuses,
  asset_type_ids: lists.asset_types, status_automation_ids: lists.status_automations, preview_background_file_ids: lists.preview_background_files });

/**
 * Creates a production: of a template where one is named (what the body says goes first), with a team where one is given, and a series
 * with its first episode.
 * @throws Invalid (400) for a name that is taken, NotFound (404) for an unknown template.
 */
export const createProduction = spanning({
  subject: 'cmd.breakdown.create-production', schema: Body, access: to.admins, resumable: true,
  prepare: async ({ project_template_id, team, id: _, ...values }, context) => {
    mayCreate(context.caller);
    const template = project_template_id ? await existingTemplate(String(project_template_id), context) : null;
    // Persons and settings that are not there are passed over, as in lists that are given whole later.
    const members = team == null ? [] : await present(context, 'directory_person', idList('team', team));
    const { lists } = await wholeLists(values, context);
    const row = template === null ? {} : valuesOf((await context.db.one<Record<string, any>>(sql`select * from project_template where id = ${template}`))!);
    return { values: { ...given(row), ...given(values) }, template, team: members, lists };
  },
  handle: async ({ values, template, team, lists }: Planned, context) => {
    const { project_id } = (await context.run(createProject, values, 'project')) as { project_id: string };
    await context.settled();
    if (template !== null) await applyTo(context, project_id, template, false);
    if (Object.values(lists).some((ids) => ids.length > 0)) await context.run(addSettings, settingsOf(project_id, lists), 'settings');
    for (const person_id of team) await context.run(addMember, { project_id, person_id }, `member ${person_id}`);
    if (values.production_type === 'tvshow') await context.run(createEntity.episode, { project_id, name: FIRST_EPISODE }, 'first episode');
    await context.settled();
    return projectAnswer(context.db, context.caller, project_id, true);
  },
});
