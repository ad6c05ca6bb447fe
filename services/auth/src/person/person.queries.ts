import { selectList, sql, type Caller, type Shape, type Statement } from '@shotlog/kernel';
import { personTable } from './person.projection.ts';

/** What everybody may know of a colleague. */
const PUBLIC = new Set(['id', 'first_name', 'last_name', 'full_name', 'active', 'departments', 'desktop_login', 'has_avatar', 'is_bot', 'role', 'studio_id']);

/** Persons as the API shows them to a caller: admins see everything, others what is public. */
export const personShape: Shape = {
  table: personTable, type: 'Person', visible: (caller, name) => caller.isAdmin || PUBLIC.has(name),
};

/** Every person, for the context of a client. */
export const selectPersons = (caller: Caller): Statement => sql`select ${selectList(personShape, caller, true)} from person t order by t.log_position`;
