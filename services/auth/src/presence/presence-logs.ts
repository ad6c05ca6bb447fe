import { Invalid, media, Reply, route, sql, to } from '@shotlog/kernel';
import { stringify } from 'csv-stringify/sync';

const monthOf = (text: string): { first: string; days: number } => {
  const [, year, month] = /^(\d{4})-(\d{1,2})$/.exec(text) ?? [];
  if (!year || Number(month) < 1 || Number(month) > 12 || Number(year) < 1) throw new Invalid('A month is written like 2024-02.');
  return { first: `${year}-${month!.padStart(2, '0')}-01`, days: new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate() };
};

export const presenceRoute = route({
  method: 'get', path: '/data/persons/presence-logs/{month_date}', summary: 'Who was at a workstation on which day of a month, as CSV', answers: { 200: media('text/csv') }, access: to.admins,
  ask: async (c) => {
    const { first, days } = monthOf(c.request.params.month_date!);
    const rows = await c.db.all<{ full_name: string; days: number[] }>(sql`select t.full_name, coalesce((select array_agg(distinct extract(day from l.date)::int) from desktop_login_log l
      where l.person_id = t.id and l.date >= ${first}::date and l.date < ${first}::date + interval '1 month'), '{}') as days from person t where t.active and not coalesce(t.is_bot, false) and not coalesce(t.is_guest, false)
      order by t.full_name`);
    const numbers = Array.from({ length: days }, (_, i) => i + 1);
    const lines = [[first.slice(0, 7), ...numbers.map(String)], ...rows.map((r) => [r.full_name, ...numbers.map((n) => (r.days.includes(n) ? 'X' : ''))])];
    return new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="presence-${first.slice(0, 7)}.csv"` }, stringify(lines, { delimiter: ';', escape_formulas: true }));
  },
});
