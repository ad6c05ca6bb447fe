import { z } from 'zod';
import { listed, shown } from './answers.ts';
import { to, type Audience } from './access.ts';
import type { Caller } from './caller.ts';
import { apiTime } from './clock.ts';
import { command, type Claim, type Context } from './command.ts';
import { Invalid, NotFound } from './errors.ts';
import { event, type EventDefinition, type Publication, type Recorded } from './event.ts';
import { bodySchema, factSchema, newBodySchema, type Fields } from './fields.ts';
import { isId } from './ids.ts';
import { flag, list, listQuery, oneText, pathId, RELATIONS, wantsRelations, type Shape } from './list.ts';
import { on, projection, type Projection } from './projection.ts';
import { Rendered, route, type Request, type Route } from './route.ts';
import { raw, sql, type Statement } from './sql.ts';
import { defineState } from './state.ts';
import { common, insert, remove, table, update, type Table } from './tables.ts';

/** The five things that plain routes do. */
type Verb = 'list' | 'one' | 'create' | 'update' | 'remove';

/**
 * Who may do what with a resource. What names a production (`to.team.of('project_id')`) is the row, or the values of a new one.
 * `policy` refuses further what no audience can say. Every one throws Forbidden.
 */
export type Access = Record<Verb, Audience> & {
  /** What of a list the caller may see, as SQL over `t`; everything without it. */
  scope?: (caller: Caller, request: Request) => Statement | null;
  policy?: Partial<Record<Exclude<Verb, 'list'>, (caller: Caller, row: any, changes?: any) => void>>;
};

const members = to.team.of('project_id');
const managers = to.teamManagers.of('project_id');

/** The usual rules. A resource takes one and changes what differs: `{ ...access.studio, list: … }`. */
export const access = {
  /** Everybody with a token reads, admins write. */
  studio: { list: to.signedIn, one: to.signedIn, create: to.admins, update: to.admins, remove: to.admins },
  /** Only admins. */
  admin: { list: to.admins, one: to.admins, create: to.admins, update: to.admins, remove: to.admins },
  /** Admins list everything; the team reads single ones; whoever manages the production writes. Rows have a `project_id`. */
  production: { list: to.admins, one: members, create: managers, update: managers, remove: managers },
} as const;

/** SQL over `t`: rows of productions on whose team the caller is; null (everything) for admins. */
export const ownProductions = (caller: Caller, column = 't.project_id'): Statement | null =>
  caller.isAdmin ? null : caller.teams.size === 0 ? raw('false')
    : sql`${raw(column)} = any(${`{${[...caller.teams.keys()].join(',')}}`}::uuid[])`;

export type ResourceOptions = {
  service: string;
  /** In code and streams, singular, with underscores: `task_type` gives streams `task_type-<id>`, events `TaskTypeCreated`, key `task_type_id`. */
  name: string;
  /** The key of its id in commands and events, where a field of it has the usual one. */
  idKey?: string;
  /** `/data/task-types`. */
  path: string;
  /** `TaskType`: the `type` of the API's objects and the prefix of the events. */
  type: string;
  /** The name before the colon of what is published: `task-type`; null: nothing is. A function answers the messages of each event itself. */
  published: string | null | ((what: 'new' | 'update' | 'delete', event: Recorded) => Publication[]);
  fields: Fields;
  access: Access;
  /** Sets of fields that only one may have together (texts compared as they are). A message for each clash. */
  unique?: string[][];
  /** Completes and checks what a new one is made of. @throws Invalid and the like. */
  creating?: (values: Record<string, any>, context: Context) => Promise<Record<string, any>> | Record<string, any>;
  /** Completes and checks changes. */
  updating?: (changes: Record<string, any>, row: Record<string, any>, context: Context) => Promise<Record<string, any>> | Record<string, any>;
  /** Refuses (400) to remove what others need. */
  removing?: (row: Record<string, any>, context: Context, force: boolean) => Promise<void> | void;
  /** Beyond the table's columns. */
  extra?: Shape['extra'];
  relations?: Shape['relations'];
  /** What the keys of `extra` and `relations` hold, for the document. */
  also?: Record<string, z.ZodType>;
  visible?: Shape['visible'];
  /** Whether a list shows relations when the request does not say. */
  listRelations?: boolean;
  /** Whether the answers of create and update show relations. */
  createRelations?: boolean;
  updateRelations?: boolean;
  indexes?: string[];
  /** Which of the five routes exist; all by default. */
  routes?: Verb[];
  /** What lists and single ones depend on, for keeping their bytes: by default the studio, or with a `project_id` anything. */
  order?: Statement;
};

type Row = Record<string, any>;
type Live = Row | null;

export type Resource = {
  name: string; idKey: string; table: Table; shape: Shape; routes: Route[]; projection: Projection;
  /** One as the API answers it, for the document. */
  answer: z.ZodObject;
  events: { created: EventDefinition; updated: EventDefinition; deleted: EventDefinition };
  commands: { create: any; update: any; remove: any };
  claimSources: string[];
  stream: (id: string) => string;
  /** The five routes by name, for resources that replace some. */
  route: Record<Verb, Route>;
};

const plain = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in common)));

const idKeyOf = (options: Pick<ResourceOptions, 'name' | 'idKey'>): string => options.idKey ?? `${options.name}_id`;

/** The events of a plain thing: made, changed (only what changed), gone. */
export const resourceEvents = (options: Pick<ResourceOptions, 'name' | 'idKey' | 'type' | 'published' | 'fields'>) => {
  const idKey = idKeyOf(options);
  const ids = { [idKey]: z.guid() };
  const project = 'project_id' in options.fields && options.name !== 'project' ? { project_id: z.guid().nullable().optional() } : {};
  const { published } = options;
  const tell = (what: 'new' | 'update' | 'delete') => (published === null ? {} : typeof published === 'function' ? { publish: (e: Recorded) => published(what, e) } : {
    publish: (e: any) => [{ name: `${published}:${what}`, payload: { [`${options.name}_id`]: e.data[idKey], ...('project_id' in project ? { project_id: e.data.project_id ?? null } : {}) } }],
  });
  return {
    created: event(`${options.type}Created`, 1, factSchema(plain(options.fields)).extend(ids), tell('new')) as EventDefinition,
    updated: event(`${options.type}Updated`, 1, z.object({ ...ids, ...project, changes: factSchema(plain(options.fields)) }), tell('update')) as EventDefinition,
    deleted: event(`${options.type}Deleted`, 1, z.object({ ...ids, ...project }), tell('delete')) as EventDefinition,
  };
};

/** The rows of a plain thing, as an owner or a neighbour keeps them: `columns` are the table's own. */
export const resourceProjection = (of: { idKey: string; table: Table; events: Resource['events'] }): Projection =>
  projection(of.table.name, [of.table], [
    on(of.events.created, (e) => insert(of.table, { ...e.data, id: e.data[of.idKey], created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
    on(of.events.updated, (e) => update(of.table, e.data[of.idKey], { ...e.data.changes, updated_at: apiTime(e.metadata.at) })),
    on(of.events.deleted, (e) => remove(of.table, e.data[of.idKey])),
  ]);

/** Whether a field that is needed is missing. A text may be empty, only a name may not. */
const isMissing = (name: string, value: unknown): boolean => value === null || (value === '' && name === 'name');

/** @throws Forbidden */
const permit = (of: Access, verb: Exclude<Verb, 'list'>, caller: Caller, row: any, changes?: any): void => {
  of[verb].check(caller, row);
  of.policy?.[verb]?.(caller, row, changes);
};

const withDefaults = (fields: Fields, values: Row): Row => {
  const row: Row = {};
  for (const [name, field] of Object.entries(fields)) {
    row[name] = values[name] ?? field.default ?? null;
    if (field.required && isMissing(name, row[name])) throw new Invalid(`${name} is needed.`, { data: { errors: [{ field: name, message: 'needed' }] } });
  }
  return row;
};

const sameValue = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
const claimKey = (row: Row, names: string[]): string | null =>
  names.some((n) => row[n] === null || row[n] === undefined) ? null : names.map((n) => String(row[n])).join('\n');

/** The commands of a plain thing. */
const commandsOf = (options: ResourceOptions, fields: Fields, events: Resource['events'], idKey: string, shape: Shape) => {
  const stream = (id: string) => `${options.name}-${id}`;
  const state = defineState<Live>({
    initial: null,
    evolve: (row, e: any) => e.type === events.created.eventType ? { ...e.data }
      : e.type === events.updated.eventType ? (row && { ...row, ...e.data.changes }) : e.type === events.deleted.eventType ? null : row,
  });
  const claims = (row: Live): Claim[] => row === null ? [] : (options.unique ?? []).flatMap((names) => {
    const key = claimKey(row, names);
    return key === null ? [] : [{ kind: `${options.name}.${names.join('+')}`, key }];
  });
  const subject = (verb: string) => `cmd.${options.service}.${verb}-${options.name.replaceAll('_', '-')}`;
  const projectOf = (row: Row) => ('project_id' in fields && options.name !== 'project' ? { project_id: row.project_id ?? null } : {});
  const existing = (row: Live, id: string): Row => {
    if (row === null) throw new NotFound(options.name.replaceAll('_', ' '), id);
    return row;
  };
  const one = async (id: string, context: Context, relations: boolean) =>
    JSON.parse((await oneText(context.db, shape, context.caller, sql`t.id = ${id}`, relations)) ?? 'null');
  const Body = bodySchema(fields);
  const create = command({
    subject: subject('create'), schema: Body.extend({ [idKey]: z.guid().optional() }), state, creates: true, claims,
    access: options.access.create.of(null), policy: (caller, c: any) => permit(options.access, 'create', caller, c.values),
    prepare: async (values: any, context) => {
      // Who may not is told so before what is wrong with the values is.
      permit(options.access, 'create', context.caller, values);
      const row = withDefaults(fields, { ...values, ...(await options.creating?.(values, context)) });
      return { id: values[idKey] ?? context.moment.id(), values: row };
    },
    stream: (c: any) => stream(c.id),
    decide: (c: any, row) => (row !== null ? [] : [events.created({ ...c.values, [idKey]: c.id })]),
    taken: () => new Invalid('There is one with the same values already.'),
    answer: (c: any, context) => one(c.id, context, options.createRelations ?? true),
  });
  const change = command({
    subject: subject('update'), schema: z.object({ id: z.string(), changes: z.unknown() }), state, claims,
    access: options.access.update.of(null), policy: (caller, c: any, row) => permit(options.access, 'update', caller, existing(row, c.id), c.changes),
    prepare: async ({ id, changes: given }: any, context) => {
      if (!isId(id)) throw new Invalid(`"${String(id).slice(0, 60)}" is no id.`);
      const row = await context.db.one(sql`select * from "${raw(options.name)}" where id = ${id}`);
      if (!row) throw new NotFound(options.name.replaceAll('_', ' '), id);
      permit(options.access, 'update', context.caller, row, given);
      const parsed = Body.safeParse(given ?? {});
      if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
      const allowed = Object.fromEntries(Object.entries(parsed.data).filter(([name, v]) => v !== undefined && !fields[name]!.immutable && name !== 'project_id'));
      for (const [name, v] of Object.entries(allowed)) if (fields[name]!.required && isMissing(name, v)) throw new Invalid(`${name} is needed.`);
      return { id: id.toLowerCase(), changes: { ...allowed, ...(await options.updating?.(allowed, row, context)) } };
    },
    stream: (c: any) => stream(c.id),
    decide: (c: any, row) => {
      const now = existing(row, c.id);
      const changes = Object.fromEntries(Object.entries(c.changes).filter(([name, v]) => !sameValue(now[name], v)));
      return Object.keys(changes).length === 0 ? [] : [events.updated({ [idKey]: c.id, ...projectOf(now), changes })];
    },
    taken: () => new Invalid('There is one with the same values already.'),
    answer: (c: any, context) => one(c.id, context, options.updateRelations ?? false),
  });
  const away = command({
    subject: subject('delete'), schema: z.object({ id: z.string(), force: z.boolean().optional() }), state, claims,
    access: options.access.remove.of(null), policy: (caller, c: any, row) => permit(options.access, 'remove', caller, existing(row, c.id)),
    prepare: async ({ id, force }: any, context) => {
      if (!isId(id)) throw new Invalid(`"${String(id).slice(0, 60)}" is no id.`);
      const row = await context.db.one(sql`select * from "${raw(options.name)}" where id = ${id}`);
      if (!row) throw new NotFound(options.name.replaceAll('_', ' '), id);
      permit(options.access, 'remove', context.caller, row);
      await options.removing?.(row, context, force ?? false);
      return { id: id.toLowerCase() };
    },
    stream: (c: any) => stream(c.id),
    decide: (c: any, row) => [events.deleted({ [idKey]: c.id, ...projectOf(existing(row, c.id)) })],
  });
  return { create, update: change, remove: away, stream };
};

/**
 * Declares plain reference data: one declaration gives routes, schemas, deciders, events, table, projection and policy. Write a
 * folder of its own when the first rule appears that none of the hooks holds.
 */
export const resource = (options: ResourceOptions): Resource => {
  const idKey = idKeyOf(options);
  const fields = plain(options.fields);
  const rows = table(options.name, { ...fields, ...common }, { indexes: options.indexes ?? ('project_id' in fields ? ['project_id'] : []) });
  const shape: Shape = { table: rows, type: options.type, extra: options.extra, relations: options.relations, visible: options.visible };
  const events = resourceEvents({ ...options, fields });
  const commands = commandsOf(options, fields, events, idKey, shape);
  const answer = shown(options.type, rows.fields, options.also);
  const routes = routesOf(options, fields, answer, shape, commands);
  return {
    name: options.name, idKey, table: rows, shape, answer, events, commands, stream: commands.stream, route: routes,
    routes: (options.routes ?? ['list', 'one', 'create', 'update', 'remove']).map((name) => routes[name]),
    projection: resourceProjection({ idKey, table: rows, events }),
    claimSources: (options.unique ?? []).map((names) =>
      `select '${options.name}.${names.join('+')}', concat_ws(E'\\n', ${names.map((n) => `"${n}"`).join(', ')}), '${options.name}-' || id from "${options.name}"
       where ${names.map((n) => `"${n}" is not null`).join(' and ')}`),
  };
};

const FORCE = { force: { description: 'true deletes what others still need, where that may be', schema: { type: 'boolean' } } };

const routesOf = (options: ResourceOptions, fields: Fields, answer: z.ZodObject, shape: Shape, commands: ReturnType<typeof commandsOf>): Resource['route'] => {
  const label = options.name.replaceAll('_', ' ');
  const rows = shape.table;
  const keepOn = 'project_id' in fields ? ['*'] : ['studio'];
  const single = `${options.path}/{instance_id}`;
  const byId = (request: Request) => ({ id: request.params.instance_id, force: flag(request.search, 'force') });
  return {
    list: route({
      method: 'get', path: options.path, summary: `List every ${label} that you may see`, query: listQuery(shape), answers: { 200: listed(answer) },
      access: options.access.list,
      ask: (c) => {
        c.keep(keepOn, 'person');
        return list({ shape, db: c.db, caller: c.caller, request: c.request, scope: options.access.scope?.(c.caller, c.request), relations: options.listRelations, order: options.order });
      },
    }),
    one: route({
      method: 'get', path: single, summary: `Get one ${label}`, query: RELATIONS, answers: { 200: answer }, access: options.access.one.of(null),
      ask: async (c) => {
        const id = pathId(c.request, 'instance_id', 400);
        const row = await c.db.one(sql`select * from "${raw(rows.name)}" where id = ${id}`);
        if (!row) throw new NotFound(label, id);
        permit(options.access, 'one', c.caller, row);
        c.keep(keepOn, 'person');
        return new Rendered((await oneText(c.db, shape, c.caller, sql`t.id = ${id}`, wantsRelations(c.request)))!);
      },
    }),
    create: route({ method: 'post', path: options.path, summary: `Create a ${label}`, command: commands.create, status: 201, body: newBodySchema(fields), answers: { 201: answer },
      input: (request) => request.body ?? {} }),
    update: route({ method: 'put', path: single, summary: `Update a ${label}`, command: commands.update, status: 200, body: bodySchema(fields), answers: { 200: answer },
      input: (request) => ({ id: request.params.instance_id, changes: request.body ?? {} }) }),
    remove: route({ method: 'delete', path: single, summary: `Delete a ${label}`, command: commands.remove, status: 204, query: FORCE, answers: { 204: null }, input: byId }),
  };
};
