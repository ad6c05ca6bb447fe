import { bodySchema, f, Invalid, join, NotFound, raw, route, spanning, sql, to, type Context, type Route, type Statement } from '@shotlog/kernel';
import { z } from 'zod';
import type { Kind } from '../entity/entity.events.ts';
import { mayList, visible, visibleIn } from '../entity/entity.policy.ts';
import { fold } from '../entity/entity.projection.ts';
import { Entity } from '../entity/entity.answers.ts';
import { Person } from '@shotlog/auth/person/person.answers';

/** What can be searched, by the key of the answer. */
const INDEXES = ['persons', 'assets', 'shots', 'sequences', 'episodes', 'edits'] as const;
type Index = (typeof INDEXES)[number];
const KIND: Record<Exclude<Index, 'persons'>, Kind> = { assets: 'asset', shots: 'shot', sequences: 'sequence', episodes: 'episode', edits: 'edit' };
const [LIMIT, MAX_LIMIT, MAX_QUERY] = [10, 100, 200];

const Given = bodySchema({ project_id: f.uuid(), limit: f.integer(), offset: f.integer() })
  .extend({ query: z.string({ error: 'query is needed.' }).max(MAX_QUERY).refine((v) => !v.includes('\0'), { error: 'query holds a NUL character.' }), index_names: z.array(z.string()).nullish() });
type Search = { query: string; terms: string[]; project_id: string | null; limit: number; offset: number; indexes: readonly Index[] };

const like = (text: string) => text.replace(/[\\%_]/g, '\\$&');

/** Whole names first, then names that start so, then words that start so, then whatever holds it. */
const rank = (column: Statement, query: string): Statement => sql`case when ${column} = ${query} then 0 when ${column} like ${`${like(query)}%`} then 1
  when ${column} ~ ${`\\m${query.replace(/[^\p{L}\p{N} ]/gu, '.')}`} then 2 else 3 end`;

const entities = async (c: Context, index: Exclude<Index, 'persons'>, s: Search): Promise<unknown[]> => {
  const place = raw(`concat_ws(' ', t.folded, s.folded, ep.folded, lower(et.name))`);
  const holds = join(s.terms.map((term) => sql`${place} like ${`%${like(term)}%`}`), ' and ');
  const scope = s.project_id ? sql`t.project_id = ${s.project_id} and ${visibleIn(c.caller, s.project_id)}` : visible(c.caller) ?? raw('true');
  return c.db.all(sql`select t.id, t.name, t.description, t.project_id, t.entity_type_id, t.parent_id, t.source_id, t.preview_file_id, t.canceled, t.status, t.data, t.nb_frames::int as nb_frames, p.name as project_name,
      et.name as asset_type_name, t.entity_type_id as asset_type_id, case when s.kind = 'sequence' then s.id end as sequence_id, case when s.kind = 'sequence' then s.name end as sequence_name,
      ep.id as episode_id, ep.name as episode_name, case when t.kind in ('asset', 'episode') then concat_ws(' / ', case when t.kind = 'asset' then et.name end, t.name)
        else concat_ws(' / ', ep.name, case when s.kind = 'sequence' then s.name end, t.name) end as full_name, initcap(t.kind) as type
    from entity t left join entity s on s.id = t.parent_id left join entity ep on ep.id = coalesce(t.source_id, case when s.kind = 'episode' then s.id else s.parent_id end) and ep.kind = 'episode'
      left join project p on p.id = t.project_id left join entity_type et on et.id = t.entity_type_id
    where t.kind = ${KIND[index]} and ${holds} and ${scope} order by ${rank(raw('t.folded'), s.terms.join(' '))}, t.canceled, length(t.name), t.name, t.id limit ${s.limit} offset ${s.offset}`);
};

/** Persons by name: only auth knows them, so their cards are asked, not a table. */
const persons = async (c: Context, s: Search): Promise<unknown[]> => {
  const rows = await c.db.all<{ id: string }>(s.project_id ? sql`select person_id as id from directory_team where project_id = ${s.project_id}` : sql`select id from directory_person where not is_guest and active`);
  const cards = await c.persons(rows.map((r) => r.id));
  const query = s.terms.join(' ');
  const score = (name: string) => (name === query ? 0 : name.startsWith(query) ? 1 : name.includes(` ${query}`) ? 2 : 3);
  return rows.flatMap(({ id }) => cards.get(id) ?? []).map((card) => ({ card, name: fold(card.full_name) })).filter(({ name }) => s.terms.every((term) => name.includes(term)))
    .sort((a, b) => score(a.name) - score(b.name) || a.name.localeCompare(b.name)).slice(s.offset, s.offset + s.limit)
    .map(({ card }) => ({ id: card.id, first_name: card.first_name, last_name: card.last_name, full_name: card.full_name, name: card.full_name, has_avatar: card.has_avatar, role: card.role, departments: card.departments, type: 'Person' }));
};

/** Looks for names of assets, shots and persons: parts of words, without regard to case and accents, best first. Changes nothing. */
export const search = spanning({
  subject: 'cmd.breakdown.search', schema: Given, access: to.signedIn,
  prepare: async (given: any, context): Promise<Search> => {
    const { project_id = null, limit, offset } = given;
    if (project_id !== null) {
      if (!(await context.db.one(sql`select 1 from project where id = ${project_id}`))) throw new NotFound('production', project_id);
      mayList(context.caller, project_id);
    }
    if ((limit ?? 1) < 1 || (limit ?? 1) > MAX_LIMIT || (offset ?? 0) < 0) throw new Invalid(`limit must be between 1 and ${MAX_LIMIT}, offset not below 0.`);
    const indexes = given.index_names?.length ? INDEXES.filter((name) => given.index_names.includes(name)) : (['persons', 'assets', 'shots'] as const);
    const query = fold(given.query).trim();
    return { query, terms: query.split(/\s+/).filter(Boolean), project_id, limit: limit ?? LIMIT, offset: offset ?? 0, indexes };
  },
  handle: async (s, context) => Object.fromEntries(await Promise.all(s.indexes.map(async (index) =>
    [index, s.terms.length === 0 ? [] : index === 'persons' ? await persons(context, s) : await entities(context, index, s)]))),
});

export const searchRoute: Route = route({ method: 'post', path: '/data/search', summary: 'Search assets, shots and persons by name', body: Given, answers: { 200: z.object({ persons: z.array(Person), assets: z.array(Entity), shots: z.array(Entity) }).partial() }, command: search, status: 200, input: (r) => r.body ?? {},
  description: `Answers a list for each of index_names (${INDEXES.join(', ')}; by default persons, assets and shots), best first, at most limit (${LIMIT}) after offset.` });
