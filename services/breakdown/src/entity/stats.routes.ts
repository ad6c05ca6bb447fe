import { pathId, Rendered, route, sql, to, type QueryContext, type Route } from '@shotlog/kernel';
import { keepFor, listable } from './entity.queries.ts';
import type { z } from 'zod';
import { EpisodeStats, RetakeStats } from './entity.answers.ts';

type TaskRow = { episode_id: string; task_type_id: string; task_status_id: string; name: string; color: string; is_done: boolean; is_retake: boolean; retake_count: number; count: number; frames: number; drawings: number };

/** Shot tasks of a production, counted by episode, type, status and how often they were sent back. */
const counted = async (c: QueryContext): Promise<TaskRow[]> => {
  const project_id = await listable(c, pathId(c.request, 'project_id'));
  keepFor(c, project_id);
  const vendor = !c.caller.isAdmin && c.caller.roleIn(project_id) === 'vendor';
  return c.db.all<TaskRow>(sql`select s.parent_id as episode_id, k.task_type_id, k.task_status_id, ts.short_name as name, ts.color, ts.is_done, ts.is_retake, k.retake_count::int as retake_count, count(*)::int as count,
      coalesce(sum(e.nb_frames), 0)::int as frames, coalesce(sum(k.nb_drawings), 0)::int as drawings
    from task k join entity e on e.id = k.entity_id and e.kind = 'shot' join entity s on s.id = e.parent_id join task_status ts on ts.id = k.task_status_id
    where k.project_id = ${project_id} and s.parent_id is not null ${vendor ? sql`and k.id in (select task_id from task_person where person_id = ${c.caller.personId})` : sql``}
    group by 1, 2, 3, 4, 5, 6, 7, 8`);
};

type Count = { count: number; frames: number; drawings: number };
const none = (): Count => ({ count: 0, frames: 0, drawings: 0 });
const add = (to: Count, row: Count): void => {
  to.count += row.count;
  to.frames += row.frames;
  to.drawings += row.drawings;
};

/** The places of a row: its episode and all of them, its task type and all of them. */
const places = (row: TaskRow): [string, string][] => [[row.episode_id, row.task_type_id], [row.episode_id, 'all'], ['all', row.task_type_id], ['all', 'all']];

/** How many tasks, frames and drawings of shots stand at which status, by episode and task type. */
export const statsOf = (rows: TaskRow[]): Record<string, Record<string, Record<string, Count & { name: string; color: string }>>> => {
  const stats: ReturnType<typeof statsOf> = {};
  for (const row of rows) {
    for (const [episode, type] of places(row)) add((((stats[episode] ??= {})[type] ??= {})[row.task_status_id] ??= { name: row.name, color: row.color, ...none() }), row);
  }
  return stats;
};

type Retakes = { max_retake_count: number; evolution: Record<string, { retake: Count; done: Count; other: Count }>; done: Count; retake: Count; other: Count };

/**
 * How far shots are and how often they went back, by episode and task type. `evolution[n]`: after the n-th round, what was sent back at
 * least n times counts as a retake, the rest as what it is now (measured beside Zou 1.0.67). Over all episodes there is no evolution.
 */
export const retakeStatsOf = (rows: TaskRow[]): Record<string, Record<string, Retakes>> => {
  const stats: Record<string, Record<string, Retakes>> = {};
  const at = (episode: string, type: string) => ((stats[episode] ??= {})[type] ??= { max_retake_count: 0, evolution: {}, done: none(), retake: none(), other: none() });
  for (const row of rows) {
    for (const [episode, type] of places(row)) {
      const found = at(episode, type);
      found.max_retake_count = Math.max(found.max_retake_count, row.retake_count);
      add(found[row.is_retake ? 'retake' : row.is_done ? 'done' : 'other'], row);
    }
  }
  for (const row of rows) {
    for (const [episode, type] of places(row)) {
      const { max_retake_count, evolution } = at(episode, type);
      for (let n = 1; n <= max_retake_count && episode !== 'all'; n++) {
        add((evolution[n] ??= { retake: none(), done: none(), other: none() })[row.retake_count >= n ? 'retake' : row.is_done ? 'done' : 'other'], row);
      }
    }
  }
  return stats;
};

const stats = (path: string, summary: string, answer: z.ZodType, of: (rows: TaskRow[]) => unknown): Route =>
  route({ method: 'get', path: `/data/projects/{project_id}/episodes/${path}`, summary, answers: { 200: answer }, access: to.team, ask: async (c) => new Rendered(JSON.stringify(of(await counted(c)))) });

/** Routes of how far the episodes of a production are. */
export const statsRoutes: Route[] = [
  stats('stats', 'Count the tasks of shots by episode, type and status', EpisodeStats, statsOf),
  stats('retake-stats', 'Count the retakes of shots by episode and task type', RetakeStats, retakeStatsOf),
];
