import { isId, NotFound, sql, type Db } from '@shotlog/kernel';
import type { Facts } from './tree.ts';

export type Thing = { id: string; name: string; kind: string; project_id: string; parent_id: string | null; source_id: string | null; entity_type_id: string };
/** @throws NotFound (404). */
export const thingOf = async (db: Db, id: string, what = 'entity'): Promise<Thing> => {
  const row = isId(id) ? await db.one<Thing>(sql`select id, name, kind, project_id, parent_id, source_id, entity_type_id from entity where id = ${id}`) : null;
  if (!row) throw new NotFound(what, id.slice(0, 60));
  return row;
};

const named = (db: Db, table: 'task_type' | 'output_type' | 'software', id: string | null) => {
  if (!id) return null;
  if (table === 'software') return db.one(sql`select name, short_name from software where id = ${id}`);
  return table === 'task_type' ? db.one(sql`select name, short_name from task_type where id = ${id}`) : db.one(sql`select name, short_name from output_type where id = ${id}`);
};

const TITLES: Record<string, string> = { shot: 'Shot', scene: 'Scene', sequence: 'Sequence', episode: 'Episode', asset: 'Asset', edit: 'Edit', concept: 'Concept' };

/** The thing itself and what it stands in: a shot's sequence and episode, a shot's scene. */
const around = async (db: Db, thing: Thing): Promise<Facts> => {
  const facts: Facts = Object.fromEntries(Object.values(TITLES).map((title) => [title, null]));
  const put = (of: Thing) => { facts[TITLES[of.kind]!] ??= { name: of.name }; };
  put(thing);
  let at: Thing | null = thing;
  for (let up = 0; at?.parent_id && up < 4; up++) {
    at = await thingOf(db, at.parent_id).catch(() => null);
    if (at) put(at);
  }
  if (thing.source_id) await thingOf(db, thing.source_id).then(put, () => {});
  return facts;
};

export type Asked = { name: string; revision: number; task_type_id?: string | null; output_type_id?: string | null; software_id?: string | null; representation?: string | null; task_name?: string | null;
  instance?: { name: string; number: number } | null; temporal?: Thing | null };

/** Everything that the templates for a thing may name. `temporal` is the shot or scene in which an instance of the asset is placed. */
export const factsOf = async (db: Db, thing: Thing, asked: Asked): Promise<Facts> => {
  const project = await db.one(sql`select name, code from project where id = ${thing.project_id}`);
  const type = await db.one(sql`select name from entity_type where id = ${thing.entity_type_id}`);
  const revision = { name: String(asked.revision).padStart(3, '0') };
  const [taskType, outputType, software] = await Promise.all([named(db, 'task_type', asked.task_type_id ?? null), named(db, 'output_type', asked.output_type_id ?? null), named(db, 'software', asked.software_id ?? null)]);
  const department = asked.task_type_id ? await db.one(sql`select d.name from department d join task_type t on t.department_id = d.id where t.id = ${asked.task_type_id}`) : null;
  const temporalType = asked.temporal && (asked.temporal.kind === 'asset' ? await db.one(sql`select name from entity_type where id = ${asked.temporal.entity_type_id}`) : { name: asked.temporal.kind });
  return {
    ...(await around(db, asked.temporal ?? thing)), ...(thing.kind === 'asset' ? { Asset: { name: thing.name } } : {}), Project: project && { name: project.name, code: project.code },
    AssetType: thing.kind === 'asset' ? type : null, TaskType: taskType, Department: department, OutputType: outputType, Software: software, Representation: { name: asked.representation ?? '' },
    Task: asked.task_name ? { name: asked.task_name } : null, Name: { name: asked.name }, OutputFile: { name: asked.name }, WorkingFile: { name: asked.name }, Version: revision, Revision: revision,
    Instance: asked.instance ? { name: asked.instance.name, number: String(asked.instance.number).padStart(4, '0') } : null, TemporalEntity: asked.temporal ? { name: asked.temporal.name } : null,
    TemporalEntityType: temporalType ?? null,
  };
};
