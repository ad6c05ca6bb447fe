import { raw, sql, type Statement } from '@shotlog/kernel';

/** Sets the last day on which a person worked or sat at a workstation. `person` is SQL for the id; `without` a row of hours that is about to go. */
export const lastPresence = (person: Statement, without: string | null = null): Statement => sql`update person set last_presence = greatest(
  (select max(s.date) from time_spent s where s.person_id = person.id ${without === null ? raw('') : sql`and s.id <> ${without}`}),
  (select max(l.date)::date from desktop_login_log l where l.person_id = person.id)) where id = ${person}`;
