import { sql, type Statement } from '@shotlog/kernel';

/** Sets the last day that a person's time sheets tell of, or on which they sat at a workstation. `person` is SQL for the id. */
export const lastPresence = (person: Statement): Statement => sql`update person set last_presence = greatest(
  (select max(s.date) from time_spent s where s.person_id = person.id and s.off_sheet is not true),
  (select max(l.date)::date from desktop_login_log l where l.person_id = person.id)) where id = ${person}`;
