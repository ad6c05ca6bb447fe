import { command, oneText, raw, rendered, route, selectList, sql, to, type Context, type Route, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import { previewBackgroundFile } from '@shotlog/files/preview-background-file/preview-background-file';
import { statusAutomation } from '@shotlog/tasks/status-automation/status-automation';
import { entityType } from '../entity-type/entity-type.ts';
import { automations, backgrounds } from '../neighbours.ts';
import { known, optionalId } from '../project/project.steps.ts';
import { templateEvents, TemplateItemLinked, TemplateItemUnlinked, type ItemKind } from './template.events.ts';
import { existingTemplate, writableTemplate } from './template.commands.ts';
import { itemKey, liveTemplate, templateState, templateStream } from './template.state.ts';

type Item = { kind: ItemKind; key: string; path: string; label: string; shape: Shape; shown: string[] | null; answer: z.ZodType };
const items: Item[] = [
  { kind: 'asset_type', key: 'asset_type_id', path: 'asset-types', label: 'asset type', shape: entityType.shape, shown: ['id', 'name'], answer: entityType.answer },
  { kind: 'status_automation', key: 'status_automation_id', path: 'status-automations', label: 'status automation', shape: { table: automations.table, type: 'StatusAutomation' }, shown: null, answer: statusAutomation.answer },
  { kind: 'preview_background_file', key: 'preview_background_file_id', path: 'preview-background-files', label: 'preview background', shape: { table: backgrounds.table, type: 'PreviewBackgroundFile' },
    shown: ['id', 'name', 'is_default'], answer: previewBackgroundFile.answer },
];
type Linked = { project_template_id: string; id: string };
const base = { state: templateState, access: to.admins, stream: templateStream };

const linkOf = (item: Item) => command({
  ...base, subject: `cmd.breakdown.link-project-template-${item.kind.replaceAll('_', '-')}`,
  schema: z.object({ project_template_id: z.string(), [item.key]: z.string({ error: `${item.key} is needed.` }) }),
  prepare: async (given: Record<string, any>, context: Context): Promise<Linked> =>
    ({ project_template_id: await writableTemplate(given.project_template_id, context), id: await known(context, item.shape.table.name, item.label, given[item.key]) }),
  decide: ({ project_template_id, id }: Linked, state) =>
    (liveTemplate(state, project_template_id).items.has(itemKey(item.kind, id)) ? [] : [TemplateItemLinked({ project_template_id, kind: item.kind, item_id: id })]),
  answer: async (c: Linked, { db, caller }) => JSON.parse((await oneText(db, item.shape, caller, sql`t.id = ${c.id}`, false))!),
});

/** Takes away a link; the background that previews start with too, when it is that. */
const unlinkOf = (item: Item) => command({
  ...base, subject: `cmd.breakdown.unlink-project-template-${item.kind.replaceAll('_', '-')}`, schema: z.object({ project_template_id: z.string(), [item.key]: z.string() }),
  prepare: async (given: Record<string, any>, context: Context): Promise<Linked> =>
    ({ project_template_id: await writableTemplate(given.project_template_id, context), id: optionalId(given[item.key], item.label) }),
  decide: ({ project_template_id, id }: Linked, state) => {
    const { items: held, values } = liveTemplate(state, project_template_id);
    if (!held.has(itemKey(item.kind, id))) return [];
    const isDefault = item.kind === 'preview_background_file' && values.default_preview_background_file_id === id;
    return [TemplateItemUnlinked({ project_template_id, kind: item.kind, item_id: id }),
      ...(isDefault ? [templateEvents.updated({ project_template_id, changes: { default_preview_background_file_id: null } })] : [])];
  },
});

/** The commands that link each of them. */
export const templateItemLinks = Object.fromEntries(items.map((item) => [item.kind, linkOf(item)])) as Record<ItemKind, ReturnType<typeof linkOf>>;

const routesOf = (item: Item): Route[] => {
  const path = `/data/project-templates/{project_template_id}/${item.path}`;
  return [
    route({
      method: 'get', path, summary: `List the ${item.label}s of a template`, answers: { 200: z.array(item.answer) }, access: to.managers,
      ask: async (c) => {
        const id = await existingTemplate(c.request.params.project_template_id!, c);
        return rendered(c.db, sql`select ${selectList(item.shape, c.caller, false, item.shown)} from "${raw(item.shape.table.name)}" t
          join project_template_item l on l.item_id = t.id where l.project_template_id = ${id} and l.kind = ${item.kind} order by t.log_position`);
      },
    }),
    route({ method: 'post', path, summary: `Put a ${item.label} into a template`, answers: { 201: item.answer }, command: templateItemLinks[item.kind], status: 201 }),
    route({ method: 'delete', path: `${path}/{${item.key}}`, summary: `Take a ${item.label} out of a template`, command: unlinkOf(item), status: 204 }),
  ];
};

/** Asset types, status automations and preview backgrounds of templates. */
export const templateItemRoutes: Route[] = items.flatMap(routesOf);
