import { access, f, list, listed, NotFound, Reply, resource, route, spanning, sql, to, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { theId } from '../entity/create-entity.ts';

/** What an import could not take: the whole event as it came, for a person to look at. */
export const importError = resource({
  service: 'breakdown', name: 'data_import_error', path: '/import/shotgun/errors', type: 'DataImportError', published: null,
  fields: { event_data: f.json({ required: true }), source: f.string(20, { default: 'shotgun' }) }, access: access.admin, routes: [],
});

const remove = spanning({
  subject: 'cmd.breakdown.remove-import-error', schema: z.object({ error_id: z.unknown().optional() }), access: to.admins,
  handle: async (c, context) => {
    const id = theId(c.error_id, 'import error');
    if (!(await context.db.one(sql`select 1 from data_import_error where id = ${id}`))) throw new NotFound('import error', id);
    await context.run(importError.commands.remove, { id }, 'remove');
  },
});

/** Routes of what imports could not take. */
export const importErrorRoutes: Route[] = [
  route({ method: 'get', path: '/import/shotgun/errors', summary: 'List what could not be imported', answers: { 200: listed(importError.answer) }, access: to.admins,
    ask: (c) => {
      c.keep(['studio'], 'role');
      return list({ shape: importError.shape, db: c.db, caller: c.caller, request: c.request });
    } }),
  route({ method: 'post', path: '/import/shotgun/errors', summary: 'Note what could not be imported', body: z.looseObject({}), answers: { 201: importError.answer }, command: importError.commands.create, status: 201, input: (r) => ({ event_data: r.body ?? {}, source: 'shotgun' }) }),
  route({ method: 'delete', path: '/import/shotgun/errors/{error_id}', summary: 'Forget what could not be imported', command: remove, status: 204,
    reply: () => new Reply(204, { 'content-type': 'application/json' }, null) }),
];
