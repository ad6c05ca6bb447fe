import { Caller, NotFound, oneText, selectList, sql, type Caller as Person, type Context, type Db, type Statement } from '@shotlog/kernel';
import { personShape } from './person.table.ts';

/** Every person, for the context of a client. */
export const selectPersons = (caller: Person): Statement => sql`select ${selectList(personShape, caller, true)} from person t where not coalesce(t.is_guest, false) order by t.log_position`;

/** A person with every field that is no secret. @throws NotFound. */
export const personCard = async (db: Db, id: string, relations = true): Promise<Record<string, any>> => {
  const text = await oneText(db, personShape, Caller.system, sql`t.id = ${id}`, relations);
  if (text === null) throw new NotFound('person', id);
  return JSON.parse(text);
};

/** The row of a person. @throws NotFound. */
export const personRow = async (context: Pick<Context, 'db'>, id: string): Promise<Record<string, any>> => {
  const row = await context.db.one(sql`select * from person where id = ${id}`);
  if (!row) throw new NotFound('person', id);
  return row;
};
