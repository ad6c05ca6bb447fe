import { command, route, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { plainKinds, plainLinked } from './plain-links.ts';
import { projectAnswer } from './project.queries.ts';
import { projectState, projectStream } from './project.state.ts';
import { idsOf, openForChange, present, Priority } from './project.steps.ts';
import { taskStatusLinked } from './task-status-links.ts';
import { taskTypeLinked } from './task-type-links.ts';
import { Project } from './project.answers.ts';

const Ids = z.array(z.string()).nullable().optional();
const Body = z.object({
  project_id: z.string(), task_types: z.array(z.object({ task_type_id: z.string(), priority: Priority })).nullable().optional(),
  task_status_ids: Ids, asset_type_ids: Ids, status_automation_ids: Ids, preview_background_file_ids: Ids,
});
type Batch = {
  project_id: string; task_types: { task_type_id: string; link_id: string; priority: number | null; replace: boolean }[];
  task_statuses: { task_status_id: string; link_id: string }[]; asset_types: string[]; automations: string[]; backgrounds: string[];
};

/** Adds many settings to a production at once, in one append. What the studio does not have is passed over; nothing is taken away. */
export const addSettings = command({
  subject: 'cmd.breakdown.add-project-settings', schema: Body, state: projectState, access: to.teamManagers.of('project_id'), stream: (c: Batch) => projectStream(c.project_id),
  prepare: async (given, context: Context): Promise<Batch> => {
    const project_id = await openForChange(given.project_id, context);
    const types = given.task_types ?? [];
    const ids = async (name: 'task_status_ids' | 'asset_type_ids' | 'status_automation_ids' | 'preview_background_file_ids', table: string) => present(context, table, idsOf(given[name] ?? [], name));
    const typeIds = new Set(await present(context, 'task_type', idsOf(types.map((t) => t.task_type_id), 'task_types')));
    return {
      project_id,
      task_types: types.map((t) => ({ ...t, task_type_id: t.task_type_id.toLowerCase() })).filter((t) => typeIds.has(t.task_type_id)).map((t) =>
        ({ task_type_id: t.task_type_id, link_id: context.moment.id(`type ${t.task_type_id}`), priority: t.priority ?? null, replace: t.priority != null })),
      task_statuses: (await ids('task_status_ids', 'task_status')).map((id) => ({ task_status_id: id, link_id: context.moment.id(`status ${id}`) })),
      asset_types: await ids('asset_type_ids', 'entity_type'), automations: await ids('status_automation_ids', 'status_automation'),
      backgrounds: await ids('preview_background_file_ids', 'preview_background_file'),
    };
  },
  decide: (c: Batch, state) => [
    ...c.task_types.flatMap((t) => taskTypeLinked(state, { project_id: c.project_id, ...t })),
    ...c.task_statuses.flatMap((s) => taskStatusLinked(state, { project_id: c.project_id, ...s, replace: false })),
    ...plainLinked(plainKinds.assetType, state, c.project_id, c.asset_types),
    ...plainLinked(plainKinds.automation, state, c.project_id, c.automations),
    ...plainLinked(plainKinds.background, state, c.project_id, c.backgrounds),
  ],
  answer: (c: Batch, { db, caller }) => projectAnswer(db, caller, c.project_id, false),
});

export const settingsBatchRoute = route({
  method: 'post', path: '/data/projects/{project_id}/settings/batch', summary: 'Add many settings to a production', answers: { 200: Project }, command: addSettings, status: 200,
});
