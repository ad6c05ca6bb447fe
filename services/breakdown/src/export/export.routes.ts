import { stringify } from 'csv-stringify/sync';
import { flag, Forbidden, media, pathId, raw, Reply, route, sql, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import type { Kind } from '../entity/entity.events.ts';
import { listable } from '../entity/entity.queries.ts';
import { RULES } from '../entity/kinds.ts';
import { columnsOf } from '../import/studio.ts';

/** Cells that a spreadsheet would take for a formula are written with an apostrophe in front. */
const csv = (name: string, rows: unknown[][]): Reply => new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}.csv"` },
  stringify(rows, { delimiter: ';', escape_formulas: true }));

/** The production of a path: exported for its team, but for vendors. */
const exported = async (c: QueryContext): Promise<{ id: string; name: string; isShow: boolean }> => {
  const id = await listable(c, pathId(c.request, 'project_id'));
  if (c.caller.roleIn(id) === 'vendor') throw new Forbidden();
  const { name, production_type } = (await c.db.one<{ name: string; production_type: string }>(sql`select name, production_type from project where id = ${id}`))!;
  return { id, name, isShow: production_type === 'tvshow' };
};

type Line = { id: string; name: string; description: string | null; nb_frames: number | null; data: Record<string, any> | null; parent: string | null; episode: string | null; type: string | null; minutes: number;
  tasks: { task_type_id: string; status: string; assignees: string[] }[] };

const lines = (c: QueryContext, project_id: string, kind: Kind): Promise<Line[]> => c.db.all<Line>(sql`select t.id, t.name, t.description, t.nb_frames::int as nb_frames, t.data, s.name as parent, ep.name as episode, et.name as type,
    coalesce((select sum(k.duration) from task k where k.entity_id = t.id), 0)::float8 as minutes,
    coalesce((select json_agg(json_build_object('task_type_id', k.task_type_id, 'status', ts.short_name, 'assignees', coalesce(k.assignees, '{}')) order by k.log_position)
      from task k left join task_status ts on ts.id = k.task_status_id where k.entity_id = t.id), '[]') as tasks
  from entity t left join entity s on s.id = t.parent_id left join entity ep on ep.id = coalesce(t.source_id, case when s.kind = 'episode' then s.id else s.parent_id end) and ep.kind = 'episode'
    left join entity_type et on et.id = t.entity_type_id
  where t.project_id = ${project_id} and t.kind = ${kind} order by ep.name nulls first, ${raw(kind === 'asset' ? 'et.name' : 's.name')}, t.name`);

type Column = [string, (line: Line) => unknown];
const frames = (name: string, key: string): Column => [name, (l) => l.data?.[key] ?? ''];
const OWN: Partial<Record<Kind, (isShow: boolean) => Column[]>> = {
  asset: (isShow) => [...(isShow ? [['Episode', (l) => l.episode ?? 'MP'] as Column] : []), ['Type', (l) => l.type], ['Name', (l) => l.name]],
  shot: () => [['Episode', (l) => l.episode], ['Sequence', (l) => l.parent], ['Name', (l) => l.name]],
  edit: () => [['Episode', (l) => l.episode], ['Name', (l) => l.name]],
};
const FRAMES: Column[] = [['Frames', (l) => l.nb_frames], frames('Frame In', 'frame_in'), frames('Frame Out', 'frame_out'), frames('FPS', 'fps')];

const shown = (value: unknown): unknown => (value !== null && typeof value === 'object' ? JSON.stringify(value) : value ?? '');

const exportEntities = async (c: QueryContext, kind: Kind): Promise<Reply> => {
  const project = await exported(c);
  const studio = await columnsOf(c, project.id, kind);
  const rows = await lines(c, project.id, kind);
  const { hours_by_day } = (await c.db.one<{ hours_by_day: number | null }>(sql`select hours_by_day from organisation`)) ?? { hours_by_day: null };
  const persons = await c.persons([...new Set(rows.flatMap((r) => r.tasks.flatMap((t) => t.assignees)))]);
  const columns: Column[] = [['Project', () => project.name], ...OWN[kind]!(project.isShow), ['Description', (l) => l.description], ['Time Spent', (l) => (l.minutes / 60 / (hours_by_day || 8)).toFixed(2)],
    ...(kind === 'shot' ? FRAMES : []), ...studio.descriptors.map((d): Column => [d.name, (l) => l.data?.[d.field_name]]),
    ...studio.task_types.flatMap((type): Column[] => {
      const of = (l: Line) => l.tasks.filter((t) => t.task_type_id === type.id);
      return [[type.name, (l) => of(l)[0]?.status], ['Assignations', (l) => of(l).flatMap((t) => t.assignees).map((id) => persons.get(id)?.full_name ?? '').filter(Boolean).join(',')]];
    })];
  return csv(`${project.name.replace(/[^\w-]+/g, '_')}_${RULES[kind].plural}`, [columns.map(([name]) => name), ...rows.map((row) => columns.map(([, value]) => shown(value(row))))]);
};

const exportCasting = async (c: QueryContext): Promise<Reply> => {
  const project = await exported(c);
  const shots = flag(c.request.search, 'is_shot_casting');
  const where: Statement = shots ? sql`t.kind = 'shot'` : sql`t.kind = 'asset'`;
  const rows = await c.db.all(sql`select coalesce(ep.name, ${shots ? '' : 'MP'}) as episode, ${raw(shots ? 's.name' : 'tt.name')} as parent, t.name, at.name as asset_type, a.name as asset, l.nb_occurences, coalesce(l.label, '') as label
    from entity_link l join entity t on t.id = l.entity_in_id join entity a on a.id = l.entity_out_id left join entity s on s.id = t.parent_id
      left join entity ep on ep.id = case when t.kind = 'asset' then t.source_id else s.parent_id end left join entity_type tt on tt.id = t.entity_type_id left join entity_type at on at.id = a.entity_type_id
    where l.project_id = ${project.id} and ${where} order by 1, 2, 3, 4, 5`);
  const head = ['Parent', 'Name', 'Asset Type', 'Asset', 'Occurences', 'Label'];
  const cells = rows.map((r) => [...(project.isShow ? [r.episode] : []), r.parent, r.name, r.asset_type, r.asset, r.nb_occurences, r.label].map(shown));
  return csv(`${project.name.replace(/[^\w-]+/g, '_')}_casting`, [[...(project.isShow ? ['Episode'] : []), ...head], ...cells]);
};

const get = (path: string, summary: string, ask: (c: QueryContext) => Promise<Reply>): Route => route({ method: 'get', path: `/export/csv/${path}`, summary, answers: { 200: media('text/csv') }, access: to.team.but({ vendor: 'refused' }), ask });

/** Routes that give tables: semicolons, the names of columns first. What they write, the imports read. */
export const exportRoutes: Route[] = [
  ...(['asset', 'shot', 'edit'] as const).map((kind) => get(`projects/{project_id}/${kind}s.csv`, `The ${kind}s of a production as CSV`, (c) => exportEntities(c, kind))),
  get('projects/{project_id}/casting.csv', 'What the assets of a production cast as CSV; with is_shot_casting=true the shots', exportCasting),
];
