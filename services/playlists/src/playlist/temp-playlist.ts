import { allow, flag, isId, NotFound, raw, route, spanning, sql, textArray, to, type Caller, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { parentName } from './full-playlist.ts';
import { previewTables, shownPreview, shownTo } from './preview.sql.ts';
import { Entries } from './playlist.answers.ts';

const TempPlaylist = z.object({ project_id: z.string(), task_ids: z.array(z.guid()).max(5_000), sort: z.boolean().optional() });

const maySee = (caller: Caller, project_id: string, tasks: { assignees: string[] | null }[]): void => {
  allow(caller.isIn(project_id));
  if (caller.roleIn(project_id) === 'vendor') allow(tasks.every((task) => task.assignees?.includes(caller.personId)));
};

const ORDERS = { given: raw('w.n'), named: raw(`coalesce(ep.name, ''), coalesce(sq.name, ''), en.name, w.n`) };

/** The entries of tasks: each its entity under the task's latest revision, with all preview files of the entity. */
const entriesOf = (context: Context, project_id: string, task_ids: string[], sort: boolean): Promise<string> => context.db.text(sql`
  with wanted as (select k.id, k.entity_id, u.n from unnest(${textArray(task_ids)}::uuid[]) with ordinality u(id, n) join task k on k.id = u.id),
  ${previewTables(raw('select entity_id from wanted'), sql`${project_id}`, 'whole', shownTo(context.caller, project_id))}
  select coalesce(json_agg(jsonb_build_object('id', en.id, 'name', en.name, 'preview_file_task_id', w.id, 'parent_name', ${parentName},
      'episode_id', coalesce(ep.id::text, ''), 'episode_name', coalesce(ep.name, ''), 'sequence_id', coalesce(sq.id::text, ''), 'sequence_name', coalesce(sq.name, ''),
      'asset_type_id', coalesce(ty.id::text, ''), 'asset_type_name', coalesce(ty.name, ''), 'preview_files', coalesce(b.groups, '{}'))
    || case when p.id is null then '{}' else jsonb_build_object(${shownPreview('whole')}) end order by ${sort ? ORDERS.named : ORDERS.given}), '[]')::text as text
  from wanted w join entity en on en.id = w.entity_id
  left join entity ep on ep.id = en.parent_id and en.kind in ('sequence', 'edit')
  left join entity sq on sq.id = en.parent_id and en.kind in ('shot', 'scene')
  left join entity_type ty on ty.id = en.entity_type_id and en.kind = 'asset'
  left join lateral (select * from pv where pv.task_id = w.id and pv.place = 1 order by pv.revision desc limit 1) p on true
  left join others o on o.task_id = p.task_id and o.revision = p.revision left join by_type b on b.entity_id = w.entity_id`);

/**
 * What a playlist of these tasks would show, kept nowhere. Vendors ask for tasks that are assigned to them.
 * @throws NotFound (404) for a task of another production.
 */
export const tempPlaylist = spanning({
  subject: 'cmd.playlists.make-temporary', schema: TempPlaylist, access: to.team.but({ client: 'filtered', vendor: 'filtered' }),
  handle: async ({ project_id, task_ids, sort }, context) => {
    if (!isId(project_id) || !(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production');
    const ids = [...new Set(task_ids.map((id) => id.toLowerCase()))];
    const tasks = await context.db.all(sql`select id, assignees from task where id = any(${textArray(ids)}::uuid[]) and project_id = ${project_id}`);
    maySee(context.caller, project_id.toLowerCase(), tasks as any);
    if (tasks.length < ids.length) throw new NotFound('task');
    return JSON.parse(await entriesOf(context, project_id, ids, sort ?? false));
  },
});
export const tempPlaylistRoute = route({
  method: 'post', path: '/data/projects/{project_id}/playlists/temp', summary: 'What a playlist of these tasks would show', answers: { 200: Entries }, query: { sort: 'true: by episode, sequence and name' },
  command: tempPlaylist, status: 200, body: TempPlaylist.pick({ task_ids: true }),
  input: (r) => ({ task_ids: (r.body as any)?.task_ids, project_id: r.params.project_id, sort: flag(r.search, 'sort') }),
});
