import { Invalid, raw, sql, type Db, type Statement } from '@shotlog/kernel';

/**
 * How work counts: `weighted` and `weighteddone` spread a shot over the days that it took (by the hours spent, else evenly over the
 * business days from its real start to its end), for tasks that were sent to review and for those that are done; `feedback` and `done`
 * count it whole on the day it was sent to review or done.
 */
export const MODES = ['weighted', 'weighteddone', 'feedback', 'done'] as const;
export type Mode = (typeof MODES)[number];

/** The mode of a request, `weighted` when it says none. @throws Invalid (400) */
export const modeOf = (search: URLSearchParams): Mode => {
  const mode = (search.get('count_mode') || 'weighted') as Mode;
  if (!MODES.includes(mode)) throw new Invalid(`count_mode must be one of ${MODES.join(', ')}.`);
  return mode;
};

/** Tasks (alias `t`) whose shots count in a mode. */
const counted = (mode: Mode): Statement => raw(mode === 'done' || mode === 'weighteddone' ? 't.done_date is not null' : 't.end_date is not null');

/** One row for each person, task and day: person_id, task_id, day, weight. */
const shares = (mode: Mode, where: Statement): Statement => {
  if (mode === 'feedback' || mode === 'done') {
    return sql`select tp.person_id, t.id as task_id, t.${raw(mode === 'done' ? 'done_date' : 'end_date')}::date as day, 1::float as weight
      from task t join task_person tp on tp.task_id = t.id where ${counted(mode)} and ${where}`;
  }
  return sql`select ts.person_id, t.id as task_id, ts.date as day, ts.duration / nullif(sum(ts.duration) over (partition by t.id), 0) as weight
      from task t join time_spent ts on ts.task_id = t.id where ts.duration > 0 and ${counted(mode)} and ${where}
    union all
    select tp.person_id, t.id, d.day::date, 1.0 / count(*) over (partition by t.id, tp.person_id)
      from task t join task_person tp on tp.task_id = t.id, generate_series(t.real_start_date::date, least(t.end_date::date, t.real_start_date::date + 3660), interval '1 day') d(day)
      where ${counted(mode)} and ${where} and extract(isodow from d.day) < 6
        and not exists (select 1 from time_spent ts where ts.task_id = t.id and ts.duration > 0)`;
};

export type ShareRow = { person_id: string; task_type_id: string; day: string; weight: number; nb_frames: number; nb_drawings: number; fps: number };

/** The shares behind quotas: shots only, the oldest first. `where` is SQL over the task `t`. */
export const shareRows = (db: Db, mode: Mode, where: Statement, person_id: string | null): Promise<ShareRow[]> =>
  db.all(sql`select s.person_id, t.task_type_id, s.day::text as day, s.weight::float as weight, coalesce(e.nb_frames, 0)::int as nb_frames, coalesce(t.nb_drawings, 0)::int as nb_drawings,
      coalesce(nullif(substring(p.fps from '^[0-9]+(?:\\.[0-9]+)?'), '')::float, 25) as fps
    from (${shares(mode, where)}) s join task t on t.id = s.task_id join entity e on e.id = t.entity_id and e.kind = 'shot' join project p on p.id = t.project_id
    where (${person_id}::uuid is null or s.person_id = ${person_id}) order by s.day, t.id`);

/** The shots that a person worked on from a day until (without) another, whole entities with how much of each. */
export const quotaShots = (db: Db, mode: Mode, of: { person_id: string; task_type_id: string; scope: Statement; from: string; until: string }): Promise<string> =>
  db.text(sql`select coalesce(json_agg(r), '[]')::text as text from (
    select to_jsonb(e) - 'log_position' - 'kind' || jsonb_build_object('type', 'Entity', 'full_name', concat_ws(' / ', ep.name, s.name, e.name), 'weight', w.weight,
      'data', coalesce(e.data, '{}'), 'created_at', to_char(e.created_at, 'YYYY-MM-DD"T"HH24:MI:SS'), 'updated_at', to_char(e.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS'))
    from (select t.entity_id, sum(round(s.weight::numeric, 2))::float as weight from (${shares(mode, sql`t.task_type_id = ${of.task_type_id} and ${of.scope}`)}) s join task t on t.id = s.task_id
      where s.person_id = ${of.person_id} and s.day >= ${of.from}::date and s.day < ${of.until}::date group by t.entity_id) w
    join entity e on e.id = w.entity_id and e.kind = 'shot' left join entity s on s.id = e.parent_id left join entity ep on ep.id = s.parent_id
    order by ep.name, s.name, e.name) x(r)`);
