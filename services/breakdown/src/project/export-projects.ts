import { stringify } from 'csv-stringify/sync';
import { media, only, ownProductions, raw, Reply, route, sql, to } from '@shotlog/kernel';

/** The productions that a manager may see, by name, as CSV with semicolons. */
export const exportProjectsRoute = route({
  method: 'get', path: '/export/csv/projects.csv', summary: 'Export productions as CSV', answers: { 200: media('text/csv') }, access: to.teamManagers.listed, policy: only.manager,
  ask: async (c) => {
    const rows = await c.db.all<{ name: string; status: string | null }>(sql`select t.name, s.name as status from project t left join project_status s on s.id = t.project_status_id
      where ${ownProductions(c.caller, 't.id') ?? raw('true')} order by t.name`);
    const text = stringify([['Name', 'Status'], ...rows.map((row) => [row.name, row.status ?? ''])], { delimiter: ';', record_delimiter: '\r\n', escape_formulas: true });
    return new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename=kitsu_export.csv' }, text);
  },
});
