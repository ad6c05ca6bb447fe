import { command, oneText, raw, rendered, ROLES, selectList, sql, to, type Context, type Role, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { DEFAULT_BOARD_ROLES } from '../project/links.events.ts';
import { idsOf, known, optionalId, Priority } from '../project/project.steps.ts';
import { TemplateTaskStatusLinked, TemplateTaskStatusUnlinked, TemplateTaskTypeLinked, TemplateTaskTypeUnlinked } from './template.events.ts';
import { writableTemplate } from './template.commands.ts';
import { templateTaskStatuses, templateTaskTypes } from './template.projection.ts';
import { liveTemplate, templateState, templateStream } from './template.state.ts';

type Reference = { project_template_id: string; id: string };
type Link = Reference & { link_id: string; priority?: number | null | undefined; roles_for_board?: Role[] | null | undefined };
type Kind = { name: string; key: 'task_type_id' | 'task_status_id'; shape: Shape; table: string };
const kinds = {
  type: { name: 'task-type', key: 'task_type_id', table: 'task_type', shape: { table: templateTaskTypes, type: 'ProjectTemplateTaskTypeLink' } },
  status: { name: 'task-status', key: 'task_status_id', table: 'task_status', shape: { table: templateTaskStatuses, type: 'ProjectTemplateTaskStatusLink' } },
} satisfies Record<string, Kind>;

const base = { state: templateState, access: to.admins, stream: templateStream };
const label = (kind: Kind) => kind.table.replace('_', ' ');
const preparedLink = (kind: Kind) => async (given: Record<string, any>, context: Context): Promise<Link> => ({
  project_template_id: await writableTemplate(given.project_template_id, context), id: await known(context, kind.table, label(kind), given[kind.key]),
  link_id: context.moment.id('link'), priority: given.priority, roles_for_board: given.roles_for_board,
});
const preparedRemoval = (kind: Kind) => async (given: Record<string, any>, context: Context): Promise<Reference> =>
  ({ project_template_id: await writableTemplate(given.project_template_id, context), id: optionalId(given[kind.key], label(kind)) });
const preparedOrder = (kind: Kind) => async (given: Record<string, any>, context: Context): Promise<{ project_template_id: string; ids: string[] }> => {
  const project_template_id = await writableTemplate(given.project_template_id, context);
  const ids = idsOf(given[`${kind.key}s`], `${kind.key}s`);
  for (const id of ids) await known(context, kind.table, label(kind), id);
  return { project_template_id, ids };
};
const linkAnswer = (kind: Kind) => async (c: Reference, { db, caller }: Context): Promise<unknown> =>
  JSON.parse((await oneText(db, kind.shape, caller, sql`t.project_template_id = ${c.project_template_id} and t.${raw(kind.key)} = ${c.id}`, true))!);
const linksAnswer = (kind: Kind) => async (c: { project_template_id: string }, { db, caller }: Context): Promise<unknown> =>
  JSON.parse((await rendered(db, sql`select ${selectList(kind.shape, caller, true)} from ${raw(kind.shape.table.name)} t
    where t.project_template_id = ${c.project_template_id} order by t.priority nulls last`)).text);
const linkSchema = (kind: Kind) => z.object({ project_template_id: z.string(), [kind.key]: z.string({ error: `${kind.key} is needed.` }), priority: Priority, roles_for_board: z.array(z.enum(ROLES)).nullable().optional() });
const orderSchema = (kind: Kind) => z.object({ project_template_id: z.string(), [`${kind.key}s`]: z.array(z.string(), { error: `${kind.key}s is a list of ids.` }) });
const removalSchema = z.object({ project_template_id: z.string() }).loose();

/** Links a task type, or gives the one that is linked another priority. */
export const linkTemplateTaskType = command({
  ...base, subject: 'cmd.breakdown.link-project-template-task-type', schema: linkSchema(kinds.type), prepare: preparedLink(kinds.type), answer: linkAnswer(kinds.type),
  decide: ({ project_template_id, id, link_id, priority }: Link, state) => {
    const now = liveTemplate(state, project_template_id).task_types.get(id);
    const wanted = priority === undefined ? (now?.priority ?? null) : priority;
    return now && now.priority === wanted ? [] : [TemplateTaskTypeLinked({ project_template_id, task_type_id: id, link_id: now?.link_id ?? link_id, priority: wanted })];
  },
});

export const unlinkTemplateTaskType = command({
  ...base, subject: 'cmd.breakdown.unlink-project-template-task-type', schema: removalSchema, prepare: preparedRemoval(kinds.type),
  decide: ({ project_template_id, id }: Reference, state) => (liveTemplate(state, project_template_id).task_types.has(id) ? [TemplateTaskTypeUnlinked({ project_template_id, task_type_id: id })] : []),
});

/** Gives the task types of a template priorities in the order given, from 1. */
export const reorderTemplateTaskTypes = command({
  ...base, subject: 'cmd.breakdown.reorder-project-template-task-types', schema: orderSchema(kinds.type), prepare: preparedOrder(kinds.type), answer: linksAnswer(kinds.type),
  decide: ({ project_template_id, ids }: { project_template_id: string; ids: string[] }, state) => {
    const links = liveTemplate(state, project_template_id).task_types;
    return ids.filter((id) => links.has(id)).map((task_type_id, i) => TemplateTaskTypeLinked({ project_template_id, task_type_id, link_id: links.get(task_type_id)!.link_id, priority: i + 1 }));
  },
});

/** Links a task status, or changes what the link says. */
export const linkTemplateTaskStatus = command({
  ...base, subject: 'cmd.breakdown.link-project-template-task-status', schema: linkSchema(kinds.status), prepare: preparedLink(kinds.status), answer: linkAnswer(kinds.status),
  decide: ({ project_template_id, id, link_id, priority, roles_for_board }: Link, state) => {
    const now = liveTemplate(state, project_template_id).task_statuses.get(id);
    return [TemplateTaskStatusLinked({ project_template_id, task_status_id: id, link_id: now?.link_id ?? link_id, priority: priority === undefined ? (now?.priority ?? null) : priority,
      roles_for_board: [...(roles_for_board ?? now?.roles_for_board ?? DEFAULT_BOARD_ROLES)] })];
  },
});

export const unlinkTemplateTaskStatus = command({
  ...base, subject: 'cmd.breakdown.unlink-project-template-task-status', schema: removalSchema, prepare: preparedRemoval(kinds.status),
  decide: ({ project_template_id, id }: Reference, state) => (liveTemplate(state, project_template_id).task_statuses.has(id) ? [TemplateTaskStatusUnlinked({ project_template_id, task_status_id: id })] : []),
});

/** Gives the task statuses of a template priorities in the order given, from 1. */
export const reorderTemplateTaskStatuses = command({
  ...base, subject: 'cmd.breakdown.reorder-project-template-task-statuses', schema: orderSchema(kinds.status), prepare: preparedOrder(kinds.status), answer: linksAnswer(kinds.status),
  decide: ({ project_template_id, ids }: { project_template_id: string; ids: string[] }, state) => {
    const links = liveTemplate(state, project_template_id).task_statuses;
    return ids.filter((id) => links.has(id)).map((task_status_id, i) =>
      TemplateTaskStatusLinked({ project_template_id, task_status_id, link_id: links.get(task_status_id)!.link_id, priority: i + 1, roles_for_board: [...links.get(task_status_id)!.roles_for_board] }));
  },
});
