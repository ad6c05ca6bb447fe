import { bodySchema, f, Invalid, isId, list, listed, NotFound, oneText, pathId, Rendered, rendered, route, spanning, sql, to, wantsRelations, type Context, type Route, type Shape } from '@shotlog/kernel';
import { z } from 'zod';
import type { Kind } from '../entity/entity.events.ts';
import { mayManage } from '../entity/entity.policy.ts';
import { linkTable } from '../entity/entity.projection.ts';
import { listable } from '../entity/entity.queries.ts';
import { theId } from '../entity/create-entity.ts';
import { changeCasting } from './change-casting.ts';
import { EntityLink } from './casting.answers.ts';

const shape: Shape = { table: linkTable, type: 'EntityLink' };
type Link = { id: string; entity_in_id: string; entity_out_id: string; project_id: string; kind: Kind; nb_occurences: number; label: string; data: unknown };

const linkOf = async (context: Context, id: string): Promise<Link> => {
  const row = await context.db.one<Link>(sql`select l.*, e.kind from entity_link l join entity e on e.id = l.entity_in_id where l.id = ${id}`);
  if (!row) throw new NotFound('entity link', id);
  return { ...row, nb_occurences: Number(row.nb_occurences) };
};
const genericId = (value: unknown): string => {
  if (!isId(value)) throw new Invalid(`"${String(value).slice(0, 60)}" is no id.`);
  return value.toLowerCase();
};
const answer = async (context: Context, id: string) => JSON.parse((await oneText(context.db, shape, context.caller, sql`t.id = ${id}`, false)) ?? 'null');
const Body = bodySchema({ entity_in_id: f.uuid(), entity_out_id: f.uuid(), nb_occurences: f.integer(), label: f.string(80), data: f.json() });
const put = (context: Context, l: Omit<Link, 'id'> & { id?: string }) => context.run(changeCasting, { entity_id: l.entity_in_id, kind: l.kind, project_id: l.project_id, op: 'put', uncounted: true,
  casting: [{ asset_id: l.entity_out_id, nb_occurences: l.nb_occurences, label: l.label ?? '', ...(l.id ? { link_id: l.id } : {}), data: l.data ?? undefined }] }, `put ${l.entity_in_id} ${l.entity_out_id}`);

/** Links an asset to what casts it. @throws Invalid (400) for unknown entities and pairs that are linked already. */
const createLink = spanning({
  subject: 'cmd.breakdown.create-entity-link', schema: Body, access: to.admins,
  handle: async (given: Record<string, any>, context) => {
    const { entity_in_id, entity_out_id } = given;
    if (!entity_in_id || !entity_out_id) throw new Invalid('entity_in_id and entity_out_id are needed.');
    const row = await context.db.one(sql`select e.kind, e.project_id, exists (select 1 from entity_link where entity_in_id = e.id and entity_out_id = ${entity_out_id}) as linked
      from entity e where e.id = ${entity_in_id} and exists (select 1 from entity where id = ${entity_out_id} and kind = 'asset')`);
    if (!row) throw new Invalid('One of these entities does not exist, or what is cast is no asset.');
    if (row.linked) throw new Invalid('These two are linked already.');
    const id = context.moment.id();
    await put(context, { id, entity_in_id, entity_out_id, kind: row.kind, project_id: row.project_id, nb_occurences: given.nb_occurences ?? 1, label: given.label ?? '', data: given.data });
    await context.settled();
    return answer(context, id);
  },
});

const updateLink = spanning({
  subject: 'cmd.breakdown.update-entity-link', schema: z.object({ id: z.unknown().optional(), changes: Body }), access: to.admins,
  handle: async (given: { id: unknown; changes: Record<string, any> }, context) => {
    const link = await linkOf(context, genericId(given.id));
    const { nb_occurences, label, data } = given.changes;
    await put(context, { ...link, nb_occurences: nb_occurences ?? link.nb_occurences, label: label ?? link.label, data: data ?? link.data });
    await context.settled();
    return answer(context, link.id);
  },
});

const drop = (context: Context, l: Link) => context.run(changeCasting, { entity_id: l.entity_in_id, kind: l.kind, project_id: l.project_id, op: 'drop', uncounted: true,
  casting: [{ asset_id: l.entity_out_id, nb_occurences: 1, label: '' }] }, `drop ${l.id}`);

const deleteLink = spanning({
  subject: 'cmd.breakdown.delete-entity-link', schema: z.object({ id: z.unknown().optional() }), access: to.admins,
  handle: async (given: { id: unknown }, context) => { await drop(context, await linkOf(context, genericId(given.id))); },
});

/** The same of one production, by whoever manages it. Answers the link as it was. */
const deleteProjectLink = spanning({
  subject: 'cmd.breakdown.delete-project-entity-link', schema: z.object({ project_id: z.unknown().optional(), entity_link_id: z.unknown().optional() }),
  access: to.teamManagers, policy: (caller, c: { link: Link; shown: unknown }) => mayManage(caller, c.link.project_id),
  prepare: async (given, context) => {
    const project_id = theId(given.project_id, 'production');
    const link = await linkOf(context, theId(given.entity_link_id, 'entity link'));
    if (link.project_id !== project_id) throw new NotFound('entity link', link.id);
    mayManage(context.caller, project_id);
    return { link, shown: await answer(context, link.id) };
  },
  handle: async ({ link, shown }, context) => {
    await drop(context, link);
    return shown;
  },
});

/** Routes of links as things of their own, for migrations; people cast by the casting routes. */
export const entityLinkRoutes: Route[] = [
  route({ method: 'get', path: '/data/entity-links', summary: 'List every casting link', answers: { 200: listed(EntityLink) }, access: to.admins,
    ask: (c) => {
      c.keep(['*'], 'role');
      return list({ shape, db: c.db, caller: c.caller, request: c.request });
    } }),
  route({ method: 'get', path: '/data/entity-links/{instance_id}', summary: 'Get one casting link', answers: { 200: EntityLink }, access: to.admins,
    ask: async (c) => {
      const link = await linkOf(c, pathId(c.request, 'instance_id', 400));
      c.keep([link.project_id], 'role');
      return new Rendered((await oneText(c.db, shape, c.caller, sql`t.id = ${link.id}`, wantsRelations(c.request)))!);
    } }),
  route({ method: 'post', path: '/data/entity-links', summary: 'Link an asset to what casts it', body: Body, answers: { 201: EntityLink }, command: createLink, status: 201, input: (r) => r.body ?? {} }),
  route({ method: 'put', path: '/data/entity-links/{instance_id}', summary: 'Change a casting link', body: Body, answers: { 200: EntityLink }, command: updateLink, status: 200, input: (r) => ({ id: r.params.instance_id, changes: r.body ?? {} }) }),
  route({ method: 'delete', path: '/data/entity-links/{instance_id}', summary: 'Take a casting link away', command: deleteLink, status: 204, input: (r) => ({ id: r.params.instance_id }) }),
  route({ method: 'get', path: '/data/projects/{project_id}/entity-links', summary: 'List the casting links of a production', answers: { 200: listed(EntityLink) }, access: to.teamManagers,
    ask: async (c) => {
      const project_id = await listable(c, pathId(c.request, 'project_id'));
      mayManage(c.caller, project_id);
      c.keep([project_id], 'role');
      // Whole unless a page is asked for; there is no page 0.
      if (!['0', null].includes(c.request.search.get('page'))) return list({ shape, db: c.db, caller: c.caller, request: c.request, scope: sql`t.project_id = ${project_id}` });
      return rendered(c.db, sql`select id, entity_in_id, entity_out_id, data, nb_occurences, label, created_at, updated_at, 'EntityLink' as type from entity_link where project_id = ${project_id} order by sort, id`);
    } }),
  route({ method: 'delete', path: '/data/projects/{project_id}/entity-links/{entity_link_id}', summary: 'Take a casting link of a production away', answers: { 200: EntityLink }, command: deleteProjectLink, status: 200 }),
];
