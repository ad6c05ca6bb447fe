import { allow, Invalid, isId, NotFound, only, spanning, sql, to, type Caller, type Context, type Db } from '@shotlog/kernel';
import { z } from 'zod';
import { DEFAULT_FILE_STATUS, fileStatus } from '../file-status/file-status.ts';
import { factsOf, thingOf, type Thing } from '../file-tree/facts.ts';
import { branchOf, pathOf } from '../file-tree/tree.ts';
import { outputFile } from './output-file.ts';
import { oneOutput } from './output.queries.ts';

/** Of what an output is: an entity, or an instance of an asset in a shot, a scene or another asset (`temporal`). */
export type Source = { thing: Thing; instance: { id: string; name: string; number: number } | null; temporal: Thing | null };

/** @throws NotFound (404). */
export const sourceOf = async (db: Db, c: { entity_id?: string; asset_instance_id?: string; temporal_entity_id?: string }): Promise<Source> => {
  if (c.entity_id !== undefined) return { thing: await thingOf(db, c.entity_id), instance: null, temporal: null };
  const id = c.asset_instance_id ?? '';
  const instance = isId(id) ? await db.one<{ id: string; name: string; number: number; asset_id: string }>(sql`select id, name, number::int, asset_id from asset_instance where id = ${id}`) : null;
  if (!instance) throw new NotFound('asset instance', id.slice(0, 60));
  const thing = await thingOf(db, instance.asset_id, 'asset');
  const temporal = await thingOf(db, c.temporal_entity_id ?? '');
  if (temporal.project_id !== thing.project_id) throw new NotFound('entity', temporal.id);
  return { thing, instance, temporal };
};

/** SQL over `t`: outputs of exactly that. */
export const outputsOf = ({ thing, instance, temporal }: Source) => (instance
  ? sql`t.asset_instance_id = ${instance.id} and t.temporal_entity_id = ${temporal!.id}` : sql`t.entity_id = ${thing.id} and t.asset_instance_id is null`);

const Of = { entity_id: z.string().optional(), asset_instance_id: z.string().optional(), temporal_entity_id: z.string().optional() };
const Number0 = z.preprocess((v) => (v === '' || v === null ? undefined : v), z.coerce.number().int().min(0).max(2_147_483_647).optional());
const Base = z.object({ ...Of, name: z.string().min(1).max(250).default('main'), output_type_id: z.string(), task_type_id: z.string(), representation: z.string().max(20).default('') });
const Path = Base.extend({ mode: z.string().default('output'), revision: Number0, extension: z.string().max(10).default(''), nb_elements: Number0, separator: z.string().max(3).default('/') });
const New = Path.extend({ comment: z.string().default(''), description: z.string().nullish(), person_id: z.string().nullish(), working_file_id: z.string().nullish(), file_status_id: z.string().nullish() });
type Ready<T> = T & { source: Source };

/** @throws NotFound (404) for an unknown entity or task type, Invalid (400) for an unknown output type. */
const ready = async <T extends z.output<typeof Base>>(c: T, { db, caller }: Context): Promise<Ready<T>> => {
  const source = await sourceOf(db, c);
  mayMake(caller, { source });
  if (caller.roleIn(source.thing.project_id) === 'vendor') {
    allow((await db.one(sql`select 1 from task where entity_id in (${source.thing.id}, ${source.temporal?.id ?? null}) and ${caller.id}::uuid = any(assignees) limit 1`)) !== null);
  }
  if (!isId(c.output_type_id) || !(await db.one(sql`select 1 from output_type where id = ${c.output_type_id}`))) throw new Invalid('There is no such output type.');
  if (!isId(c.task_type_id) || !(await db.one(sql`select 1 from task_type where id = ${c.task_type_id}`))) throw new NotFound('task type', c.task_type_id.slice(0, 60));
  return { ...c, source };
};

/** Whoever works on the production; not its clients, and vendors on what they are assigned to. */
const MAKERS = to.team.but({ client: 'refused', vendor: 'filtered' });
const mayMake = (caller: Caller, { source }: { source: Source }): void => {
  only.team(caller, source.thing.project_id);
  allow(caller.roleIn(source.thing.project_id) !== 'client');
};

const next = async (db: Db, c: Ready<z.output<typeof Base>>): Promise<number> => {
  const last = await db.one<{ revision: number | null }>(sql`select max(t.revision)::int as revision from output_file t where ${outputsOf(c.source)} and t.name = ${c.name}
    and t.output_type_id = ${c.output_type_id} and t.task_type_id = ${c.task_type_id}`);
  return (last?.revision ?? 0) + 1;
};

const pathFor = async (c: Ready<z.output<typeof Path>>, db: Db, revision: number): Promise<{ folder_path: string; file_name: string }> => {
  const { thing, instance, temporal } = c.source;
  const branch = branchOf((await db.one(sql`select file_tree from project where id = ${thing.project_id}`))?.file_tree, c.mode);
  const kind = instance ? (temporal!.kind === 'asset' ? 'instance_asset' : 'instance') : thing.kind;
  const { folder, name } = pathOf(branch, kind, await factsOf(db, thing, { ...c, revision, instance, temporal }), c.separator || '/');
  const elements = c.nb_elements ?? 1;
  return { folder_path: folder, file_name: elements > 1 ? `${name}_[1-${elements}]` : name };
};

export const outputFilePath = spanning({
  subject: 'cmd.files.output-file-path', schema: Path, prepare: (c, context) => ready(c, context), access: MAKERS, policy: (caller, c: Ready<z.output<typeof Path>>) => mayMake(caller, c),
  handle: async (c, { db }) => pathFor(c, db, c.revision || (await next(db, c))),
});

export const nextRevision = spanning({
  subject: 'cmd.files.next-output-revision', schema: Base, prepare: (c, context) => ready(c, context), access: MAKERS, policy: (caller, c: Ready<z.output<typeof Base>>) => mayMake(caller, c),
  handle: async (c, { db }) => ({ next_revision: await next(db, c) }),
});

const existing = async (db: Db, table: 'directory_person' | 'file_status' | 'working_file', id: string): Promise<boolean> => {
  if (!isId(id)) return false;
  const found = table === 'directory_person' ? sql`select 1 from directory_person where id = ${id}` : table === 'file_status' ? sql`select 1 from file_status where id = ${id}` : sql`select 1 from working_file where id = ${id}`;
  return (await db.one(found)) !== null;
};

/** Writes a new output file down: the next revision, or the one asked for. @throws Invalid (400) for one that is there, NotFound. */
export const newOutputFile = spanning({
  subject: 'cmd.files.new-output-file', schema: New, prepare: (c, context) => ready(c, context), access: MAKERS, policy: (caller, c: Ready<z.output<typeof New>>) => mayMake(caller, c),
  handle: async (c, context) => {
    const { db } = context;
    const { thing, instance, temporal } = c.source;
    if (c.person_id && !(await existing(db, 'directory_person', c.person_id))) throw new Invalid('There is no such person.');
    if (c.file_status_id && !(await existing(db, 'file_status', c.file_status_id))) throw new Invalid('There is no such file status.');
    const source = c.working_file_id && (await existing(db, 'working_file', c.working_file_id)) ? c.working_file_id : null;
    if (!c.file_status_id) await context.runAsSystem(fileStatus.commands.create, { file_status_id: DEFAULT_FILE_STATUS.id, name: DEFAULT_FILE_STATUS.name, color: DEFAULT_FILE_STATUS.color }, 'status').catch(() => {});
    const revision = c.revision || (await next(db, c));
    const path = await pathFor(c, db, revision);
    const slot = [instance?.id ?? '', temporal?.id ?? thing.id, c.output_type_id, c.task_type_id, c.representation, revision, c.name].join('/');
    const taken = await db.one(sql`select 1 from output_file t where ${outputsOf(c.source)} and t.slot = ${slot}`);
    if (taken) throw new Invalid('This output file is there already.');
    await context.runAsSystem(outputFile.commands.create, { output_file_id: context.moment.id('output'), name: c.name, comment: c.comment, extension: c.extension, revision, representation: c.representation,
      nb_elements: c.nb_elements || 1, path: `${path.folder_path}${c.separator}${path.file_name}${c.extension}`.slice(0, 400), file_status_id: c.file_status_id ?? DEFAULT_FILE_STATUS.id, entity_id: thing.id,
      asset_instance_id: instance?.id ?? null, output_type_id: c.output_type_id, task_type_id: c.task_type_id, person_id: c.person_id ?? context.caller.id, source_file_id: source, temporal_entity_id: temporal?.id ?? null, slot }, 'create');
    return path;
  },
  answer: async (c, context) => {
    const made = JSON.parse((await oneOutput(context, context.moment.id('output'))).text);
    return { ...made, ...(await pathFor(c, context.db, made.revision)) };
  },
});
