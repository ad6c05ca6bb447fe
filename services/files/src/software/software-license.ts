import { department } from '@shotlog/auth/department/department';
import { access, byKey, derivedId, f, isId, NotFound, on, only, projection, rendered, Rendered, resource, route, selectList, spanning, sql, to, type Context, type Db, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { endOf } from '../end-resource.ts';
import { software } from './software.ts';

/** Which programs a department has licences for. */
export const softwareLicense = resource({
  service: 'files', name: 'software_department_link', path: '/internal/software-licenses', type: 'SoftwareDepartmentLink', published: null,
  fields: { department_id: f.uuid({ required: true, immutable: true }), software_id: f.uuid({ required: true, immutable: true }) }, access: access.admin, routes: [], indexes: ['department_id', 'software_id'],
});

/** A licence goes with its department and its program. */
export const licenseEnds = projection('license_ends', [], [
  on(department.events.deleted, (e) => sql`delete from software_department_link where department_id = ${e.data.department_id}`),
  on(software.events.deleted, (e) => sql`delete from software_department_link where software_id = ${e.data.software_id}`),
]);

const Pair = z.object({ department_id: z.string(), software_id: z.string() });
type Pair = z.infer<typeof Pair>;
const existing = async (db: Db, { department_id, software_id }: Pair): Promise<Pair> => {
  if (!isId(department_id) || !(await db.one(sql`select 1 from department where id = ${department_id}`))) throw new NotFound('department', department_id.slice(0, 60));
  if (!isId(software_id) || !(await db.one(sql`select 1 from software where id = ${software_id}`))) throw new NotFound('software', software_id.slice(0, 60));
  return { department_id: department_id.toLowerCase(), software_id: software_id.toLowerCase() };
};
const idOf = ({ department_id, software_id }: Pair): string => derivedId('software license', department_id, software_id);
const linkText = (db: Db, id: string) => db.text(sql`select row_to_json(r)::text as text from (select id, department_id, software_id, created_at, updated_at, 'SoftwareDepartmentLink' as type from software_department_link where id = ${id}) r`);

const grant = spanning({
  subject: 'cmd.files.grant-software-license', schema: Pair, access: to.admins,
  prepare: (c, { db, caller }: Context) => {
    only.admin(caller);
    return existing(db, c);
  },
  handle: (c: Pair, context) => context.runAsSystem(softwareLicense.commands.create, { software_department_link_id: idOf(c), ...c }, 'grant'),
  answer: async (c: Pair, { db }) => JSON.parse(await linkText(db, idOf(c))),
});
const revoke = spanning({
  subject: 'cmd.files.revoke-software-license', schema: Pair, access: to.admins,
  prepare: (c, { db, caller }: Context) => {
    only.admin(caller);
    return existing(db, c);
  },
  handle: (c: Pair, context) => context.runAsSystem(endOf(softwareLicense), { id: idOf(c) }, 'revoke'),
});

/** Licences of departments; for admins. */
export const licenseRoutes: Route[] = [
  route({
    method: 'get', path: '/data/departments/software-licenses', summary: 'List the programs of each department (admins)', answers: { 200: byKey(z.array(software.answer)) }, access: to.admins,
    ask: async (c) => {
      c.keep(['studio'], 'role');
      return new Rendered(await c.db.text(sql`select coalesce(json_object_agg(department_id, programs), '{}')::text as text from (
        select l.department_id, json_agg(s order by s.name) as programs from software_department_link l join (select ${selectList(software.shape, c.caller, false)} from software t) s on s.id = l.software_id group by l.department_id) d`));
    },
  }),
  route({ method: 'post', path: '/data/departments/{department_id}/software-licenses', summary: 'Give a department a licence', answers: { 201: softwareLicense.answer }, status: 201, command: grant }),
  route({
    method: 'get', path: '/data/departments/{department_id}/software-licenses/{software_id}', summary: 'Get one program of a department (admins)', answers: { 200: software.answer }, access: to.admins,
    ask: async (c) => {
      const pair = await existing(c.db, { department_id: c.request.params.department_id ?? '', software_id: c.request.params.software_id ?? '' });
      if (!(await c.db.one(sql`select 1 from software_department_link where id = ${idOf(pair)}`))) throw new NotFound('software licence');
      return JSON.parse((await rendered(c.db, sql`select ${selectList(software.shape, c.caller, false)} from software t where t.id = ${pair.software_id}`)).text)[0];
    },
  }),
  route({ method: 'delete', path: '/data/departments/{department_id}/software-licenses/{software_id}', summary: 'Take a licence from a department', status: 204, command: revoke, input: (r) => r.params }),
];
