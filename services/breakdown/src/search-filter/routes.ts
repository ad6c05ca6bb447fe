import { byKey, oneText, Rendered, route, spanning, sql, to, type Resource, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { filtersText, ownFilterGroups, ownFilters, ownRow } from './own-filters.ts';
import { searchFilter, searchFilterGroup } from './search-filter.ts';

/** The plain routes: admins on anybody's filters. */
const plainRoutes = (of: Resource): Route[] => {
  const name = of.name.replaceAll('_', '-');
  const shown = async (context: any, id: string) => JSON.parse((await oneText(context.db, of.shape, context.caller, sql`t.id = ${id}`, true)) ?? 'null');
  const wrap = (verb: 'create' | 'update' | 'remove') => spanning({
    subject: `cmd.breakdown.${verb}-any-${name}`, schema: z.record(z.string(), z.unknown()), access: to.admins,
    handle: async (given, context) => {
      const { id } = (await context.run(of.commands[verb], given, verb)) as { id: string };
      await context.settled();
      return verb === 'remove' ? null : shown(context, id);
    },
  });
  const single = `/data/${name}s/{instance_id}`;
  const label = of.name.replaceAll('_', ' ');
  return [
    of.route.list, of.route.one,
    route({ method: 'post', path: `/data/${name}s`, summary: `Create a ${label} for anybody`, body: of.route.create.body, answers: { 201: of.answer }, command: wrap('create'), status: 201, input: ({ body }) => body ?? {} }),
    route({ method: 'put', path: single, summary: `Update anybody's ${label}`, body: of.route.update.body, answers: { 200: of.answer }, command: wrap('update'), status: 200, input: ({ params, body }) => ({ id: params.instance_id, changes: body ?? {} }) }),
    route({ method: 'delete', path: single, summary: `Delete anybody's ${label}`, command: wrap('remove'), status: 204, input: ({ params }) => ({ id: params.instance_id }) }),
  ];
};

const list = (path: string, summary: string, of: Resource) => route({
  method: 'get', path, summary, answers: { 200: byKey(byKey(z.array(of.answer))) }, access: to.signedIn,
  ask: async (c) => {
    c.keep(['*'], 'person');
    return new Rendered(await filtersText(c.db, c.caller, of));
  },
});

export const searchFilterRoutes: Route[] = [
  ...plainRoutes(searchFilter), ...plainRoutes(searchFilterGroup),
  list('/data/user/filters', 'List your searches and those that are shared with you', searchFilter),
  route({ method: 'post', path: '/data/user/filters', summary: 'Keep a search', answers: { 201: searchFilter.answer }, command: ownFilters.create, status: 201 }),
  route({ method: 'put', path: '/data/user/filters/{filter_id}', summary: 'Change a search of yours', answers: { 200: searchFilter.answer }, command: ownFilters.update, status: 200 }),
  route({ method: 'delete', path: '/data/user/filters/{filter_id}', summary: 'Delete a search of yours', command: ownFilters.remove, status: 204 }),
  list('/data/user/filter-groups', 'List your groups of searches and those that are shared with you', searchFilterGroup),
  route({
    method: 'get', path: '/data/user/filter-groups/{filter_group_id}', summary: 'Get one of your groups of searches', answers: { 200: searchFilterGroup.answer }, access: to.oneself,
    ask: async (c) => {
      const row = await ownRow(searchFilterGroup, c.request.params.filter_group_id!, c);
      return new Rendered((await oneText(c.db, searchFilterGroup.shape, c.caller, sql`t.id = ${row.id}`, true))!);
    },
  }),
  route({ method: 'post', path: '/data/user/filter-groups', summary: 'Make a group of searches', answers: { 201: searchFilterGroup.answer }, command: ownFilterGroups.create, status: 201 }),
  route({ method: 'put', path: '/data/user/filter-groups/{filter_group_id}', summary: 'Change a group of searches of yours', answers: { 200: searchFilterGroup.answer }, command: ownFilterGroups.update, status: 200 }),
  route({ method: 'delete', path: '/data/user/filter-groups/{filter_group_id}', summary: 'Delete a group of yours with its searches', command: ownFilterGroups.remove, status: 204 }),
];
