import { allow, NotFound, only, oneText, raw, rendered, Rendered, selectList, sql, isId, textArray, type Caller, type Db, type QueryContext, type Statement } from '@shotlog/kernel';
import { outputFile } from './output-file.ts';

/** Output files are the team's; clients see none, vendors those of what they work on. */
export const maySee = (caller: Caller, project_id: string | null): void => {
  if (project_id === null) return only.admin(caller);
  only.team(caller, project_id);
  allow(caller.roleIn(project_id) !== 'client');
};

/** SQL over the output file `t`: what a vendor may see of the productions that they are a vendor in. */
const visible = (caller: Caller): Statement => {
  const asVendor = caller.isAdmin ? [] : [...caller.teams.keys()].filter((id) => caller.roleIn(id) === 'vendor');
  return asVendor.length === 0 ? raw('true') : sql`(t.project_id <> all(${textArray(asVendor)}::uuid[])
    or exists (select 1 from task k where k.entity_id in (t.entity_id, t.temporal_entity_id) and ${caller.id}::uuid = any(k.assignees)))`;
};

/** One output file with its source. @throws NotFound, Forbidden. */
export const oneOutput = async (c: Pick<QueryContext, 'db' | 'caller'>, id: string): Promise<Rendered> => {
  const row = isId(id) ? await c.db.one<{ project_id: string | null }>(sql`select project_id from output_file where id = ${id}`) : null;
  if (!row) throw new NotFound('output file', id.slice(0, 60));
  maySee(c.caller, row.project_id);
  allow((await c.db.one(sql`select 1 from output_file t where t.id = ${id} and ${visible(c.caller)}`)) !== null);
  return new Rendered((await oneText(c.db, outputFile.shape, c.caller, sql`t.id = ${id}`, true))!);
};

export const outputList = (db: Db, caller: Caller, where: Statement, order: Statement = raw('t.revision desc, t.log_position desc')): Promise<Rendered> =>
  rendered(db, sql`select ${selectList(outputFile.shape, caller, false)} from output_file t where ${where} and ${visible(caller)} order by ${order}`);

/** The highest revision of each: what was made of the same work, of the same kind, under the same name and form. */
export const lastRevisions = (db: Db, caller: Caller, where: Statement): Promise<Rendered> => outputList(db, caller, sql`t.id in (
  select distinct on (o.task_type_id, o.output_type_id, o.name, o.representation) o.id from (select * from output_file t where ${where}) o
  order by o.task_type_id, o.output_type_id, o.name, o.representation, o.revision desc, o.log_position desc)`);

export const outputTypesOf = (db: Db, caller: Caller, where: Statement): Promise<Rendered> => rendered(db, sql`select id, name, short_name, created_at, updated_at, 'OutputType' as type from output_type
  where id in (select t.output_type_id from output_file t where ${where} and ${visible(caller)}) order by name`);
