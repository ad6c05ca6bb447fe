import { bodySchema, f, Invalid, rendered, route, spanning, sql, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { EntityLink } from '../casting/casting.answers.ts';
import { changeCasting } from '../casting/change-casting.ts';
import { createPlainEntity } from '../entity/create-entity.ts';
import { Entity as EntityAnswer } from '../entity/entity.answers.ts';
import { listColumns } from '../entity/entity.columns.ts';
import { entityFields, KINDS, type Kind } from '../entity/entity.events.ts';
import { setEntity } from '../entity/update-entity.ts';
import { kindOfType, RULES, typeOfKind } from '../entity/kinds.ts';

/** The entries of an import, each checked before the first is written. @throws Invalid (400) naming the entry. */
const entries = <S extends z.ZodType>(body: unknown, schema: S): z.output<S>[] => {
  if (!Array.isArray(body)) throw new Invalid('A list is wanted.');
  return body.map((entry, i) => {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) throw new Invalid(`Entry ${i + 1}: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`);
    return parsed.data;
  });
};
// Imports by others than admins answer nothing and do nothing (measured beside Zou 1.0.67).
const given = z.object({ entries: z.unknown().optional() });
const ids = (of: string[]) => sql`${`{${of.join(',')}}`}::uuid[]`;

const Entity = bodySchema(entityFields).extend({ id: z.guid(), created_at: z.unknown().optional(), type: z.unknown().optional(), name: z.string().min(1).max(160), project_id: z.guid(), entity_type_id: z.guid() });
type Entity = z.output<typeof Entity> & Record<string, any> & { id: string; project_id: string; entity_type_id: string };
/** The type of each entity, where it is one of the other studio's own for what everybody has (its shots, its sequences …): the one that is here. */
const knownTypes = async (context: Context, list: Entity[]): Promise<Entity[]> => {
  const here = await context.db.all<{ id: string }>(sql`select id from entity_type where id = any(${ids(list.map((e) => e.entity_type_id))})`);
  return list.map((e) => {
    const kind = here.some((r) => r.id === e.entity_type_id.toLowerCase()) ? undefined : KINDS.find((k) => k !== 'asset' && RULES[k].type === e.type);
    return kind ? { ...e, entity_type_id: typeOfKind(kind)! } : e;
  });
};
const ORDER: Kind[] = ['episode', 'sequence', 'scene', 'shot', 'asset', 'edit', 'concept'];

const isThere = async (context: Context, table: 'project' | 'entity_type', wanted: string[]): Promise<void> => {
  const rows = await context.db.all<{ id: string }>(table === 'project' ? sql`select id from project where id = any(${ids(wanted)})` : sql`select id from entity_type where id = any(${ids(wanted)})`);
  const missing = wanted.find((id) => !rows.some((r) => r.id === id.toLowerCase()));
  if (missing) throw new Invalid(`There is no ${table.replace('_', ' ')} ${missing}.`);
};

/** Whether something of that name stands there already: it comes over all the same, for what hangs on it knows it by its id. */
const isTwin = async (context: Context, kind: Kind, { project_id, parent_id, name }: Record<string, any>): Promise<boolean> => RULES[kind].named
  && !!(await context.db.one(sql`select 1 from entity where project_id = ${project_id} and kind = ${kind} and parent_id is not distinct from ${parent_id ?? null}::uuid and name = ${name}`));

/** Brings entities over with their ids; those that are there already take what is given. */
const importEntities = spanning({
  subject: 'cmd.breakdown.import-kitsu-entities', schema: given, access: to.signedIn, resumable: true,
  prepare: async (c, context) => {
    if (!context.caller.isAdmin) return { list: [] as Entity[] };
    const list = (await knownTypes(context, entries(c.entries, Entity) as Entity[])).sort((a, b) => ORDER.indexOf(kindOfType(a.entity_type_id)) - ORDER.indexOf(kindOfType(b.entity_type_id)));
    await isThere(context, 'project', list.map((e) => e.project_id));
    await isThere(context, 'entity_type', list.map((e) => e.entity_type_id));
    return { list };
  },
  handle: async ({ list }, context) => {
    const there = await context.db.all<{ id: string }>(sql`select id from entity where id = any(${ids(list.map((e) => e.id))})`);
    let kind: Kind | null = null;
    const brought = new Set<string>();
    for (const { id, ...values } of list) {
      if (kind !== kindOfType(values.entity_type_id)) await context.settled();
      kind = kindOfType(values.entity_type_id);
      if (there.some((t) => t.id === id.toLowerCase())) await context.runAsSystem(setEntity, { id: id.toLowerCase(), changes: values }, `set ${id}`);
      else {
        const name = [kind, values.project_id, values.parent_id ?? '', values.name].join('\n').toLowerCase();
        await context.runAsSystem(createPlainEntity, { ...values, id, twin: brought.has(name) || await isTwin(context, kind, values) }, `create ${id}`);
        brought.add(name);
      }
    }
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select x.*, 'Entity' as type from entity t cross join lateral (select ${listColumns('shot', false)}) x where t.id = any(${ids(list.map((e) => e.id))}) order by t.log_position`)).text);
  },
});

const Link = bodySchema({ nb_occurences: f.integer(), label: f.string(80), data: f.json() }).extend({ id: z.guid(), entity_in_id: z.guid(), entity_out_id: z.guid() });
type Link = { id: string; entity_in_id: string; entity_out_id: string; nb_occurences?: number | null; label?: string | null; data?: unknown; kind: Kind; project_id: string };

/** Brings casting links over with their ids. */
const importLinks = spanning({
  subject: 'cmd.breakdown.import-kitsu-entity-links', schema: given, access: to.signedIn, resumable: true,
  prepare: async (c, context) => {
    if (!context.caller.isAdmin) return { list: [] as Link[] };
    const list = entries(c.entries, Link) as unknown as Link[];
    for (const link of list) {
      const row = await context.db.one<{ kind: Kind; project_id: string }>(sql`select kind, project_id from entity where id = ${link.entity_in_id} and exists (select 1 from entity where id = ${link.entity_out_id} and kind = 'asset')`);
      if (!row) throw new Invalid(`The link ${link.id} is between entities that are not here.`);
      const taken = await context.db.one(sql`select 1 from entity_link where id = ${link.id} and (entity_in_id <> ${link.entity_in_id} or entity_out_id <> ${link.entity_out_id})`);
      const twin = list.some((o) => o.id.toLowerCase() === link.id.toLowerCase() && (o.entity_in_id !== link.entity_in_id || o.entity_out_id !== link.entity_out_id));
      if (taken || twin) throw new Invalid(`The link ${link.id} is another one.`);
      Object.assign(link, row);
    }
    return { list };
  },
  handle: async ({ list }, context) => {
    for (const l of list) {
      await context.run(changeCasting, { entity_id: l.entity_in_id.toLowerCase(), kind: l.kind, project_id: l.project_id, op: 'put', uncounted: true,
        casting: [{ asset_id: l.entity_out_id.toLowerCase(), nb_occurences: l.nb_occurences ?? 1, label: l.label ?? '', link_id: l.id.toLowerCase(), data: l.data ?? undefined }] }, `link ${l.id}`);
    }
    await context.settled();
    return JSON.parse((await rendered(context.db, sql`select id, entity_in_id, entity_out_id, data, nb_occurences, label, created_at, updated_at, 'EntityLink' as type from entity_link
      where id = any(${ids(list.map((l) => l.id))}) order by sort`)).text);
  },
});

/** Routes that take what another Kitsu gave. */
export const kitsuRoutes: Route[] = [
  route({ method: 'post', path: '/import/kitsu/entities', summary: 'Bring entities over from another Kitsu', body: z.array(Entity), answers: { 200: z.array(EntityAnswer) }, command: importEntities, status: 200, input: (r) => ({ entries: r.body }) }),
  route({ method: 'post', path: '/import/kitsu/entity-links', summary: 'Bring castings over from another Kitsu', body: z.array(Link), answers: { 200: z.array(EntityLink) }, command: importLinks, status: 200, input: (r) => ({ entries: r.body }) }),
];
