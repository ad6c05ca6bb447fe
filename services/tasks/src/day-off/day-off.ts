import { allow, f, Invalid, resource, sql, to, type Caller, type Context } from '@shotlog/kernel';

const own = (caller: Caller, row: { person_id?: unknown }): void => allow(caller.isAdmin || (caller.id !== null && row.person_id === caller.id));

const checked = async (period: Record<string, any>, id: string | null, context: Context): Promise<void> => {
  if (!period.date || !period.end_date) throw new Invalid('date and end_date are needed.');
  if (period.end_date < period.date) throw new Invalid('end_date must not be before date.');
  const clash = await context.db.one(sql`select 1 from day_off where person_id = ${period.person_id} and date <= ${period.end_date}::date and end_date >= ${period.date}::date and id is distinct from ${id}::uuid`);
  if (clash) throw new Invalid('The person has a day off in this period already.');
};
const day = (value: unknown): string => (value instanceof Date ? `${value.getFullYear()}-${String(value.getMonth() + 1).padStart(2, '0')}-${String(value.getDate()).padStart(2, '0')}` : String(value));

/** Days on which a person does not work, from `date` to `end_date`, both included. */
export const dayOff = resource({
  service: 'tasks', name: 'day_off', path: '/data/day-offs', type: 'DayOff', published: 'day-off',
  fields: { date: f.date({ required: true }), end_date: f.date({ required: true }), description: f.text(), person_id: f.uuid({ required: true, immutable: true }) },
  indexes: ['person_id, date', 'date'],
  access: { list: to.admins, one: to.oneself, create: to.oneself, update: to.oneself, remove: to.oneself, policy: { one: own, create: own, update: own, remove: own } },
  creating: async (values, context) => {
    if (!(await context.db.one(sql`select 1 from directory_person where id = ${values.person_id ?? null}`))) throw new Invalid('person_id names nobody.');
    await checked(values, null, context);
    return {};
  },
  updating: async (changes, row, context) => {
    await checked({ person_id: row.person_id, date: day(row.date), end_date: day(row.end_date), ...changes }, row.id, context);
    return changes;
  },
});
