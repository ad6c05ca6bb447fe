import { apiTime, byKey, Caller, command, defineState, derivedId, event, f, insert, NotFound, on, only, pathId, projection, rendered, Rendered, route, selectList, shown as answerOf, sql, table, to, type Context, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { hardwareItem } from './hardware-item.ts';

const Ids = z.object({ department_id: z.guid(), hardware_item_id: z.guid() });
export const DepartmentHardwareAdded = event('DepartmentHardwareAdded', 1, Ids);
export const DepartmentHardwareRemoved = event('DepartmentHardwareRemoved', 1, Ids);

type Ids = z.output<typeof Ids>;
const linkId = (c: Ids): string => derivedId('department hardware', c.department_id, c.hardware_item_id);

export const departmentHardwareTable = table('hardware_item_department', { id: f.uuid(), department_id: f.uuid(), hardware_item_id: f.uuid(), created_at: f.time(), updated_at: f.time(), log_position: f.integer() });
export const departmentHardwareProjection = projection('hardware_item_department', [departmentHardwareTable], [
  on(DepartmentHardwareAdded, (e) => insert(departmentHardwareTable, { id: linkId(e.data), ...e.data, created_at: apiTime(e.metadata.at), updated_at: apiTime(e.metadata.at), log_position: e.position })),
  on(DepartmentHardwareRemoved, (e) => sql`delete from hardware_item_department where id = ${linkId(e.data)}`),
]);

const state = defineState<boolean>({ initial: false, evolve: (has, { type }) => (type === 'DepartmentHardwareAdded' ? true : type === 'DepartmentHardwareRemoved' ? false : has) });
const stream = (c: Ids): string => `department_hardware-${linkId(c)}`;

const known = async (context: Context, { department_id, hardware_item_id }: { department_id: string; hardware_item_id: string }): Promise<Ids> => {
  only.admin(context.caller);
  const ids = { department_id: pathId({ params: { department_id } }, 'department_id'), hardware_item_id: pathId({ params: { hardware_item_id } }, 'hardware_item_id') };
  const row = await context.db.one(sql`select exists (select 1 from department where id = ${ids.department_id}) as department, exists (select 1 from hardware_item where id = ${ids.hardware_item_id}) as item`);
  if (!row!.department) throw new NotFound('department', ids.department_id);
  if (!row!.item) throw new NotFound('hardware item', ids.hardware_item_id);
  return ids;
};

const Link = answerOf('HardwareItemDepartmentLink', departmentHardwareTable.fields);
const shown = (id: string) => sql`select department_id, hardware_item_id, id, created_at, updated_at, 'HardwareItemDepartmentLink' as type from hardware_item_department where id = ${id}`;

export const addHardware = command({
  subject: 'cmd.auth.add-department-hardware', schema: z.object({ department_id: z.string(), hardware_item_id: z.guid({ error: 'hardware_item_id must be an id.' }) }), state, stream,
  access: to.admins, prepare: (c, context: Context) => known(context, c),
  decide: (c: Ids, has) => (has ? [] : [DepartmentHardwareAdded(c)]),
  answer: async (c: Ids, context) => JSON.parse((await rendered(context.db, shown(linkId(c)))).text)[0],
});

export const removeHardware = command({
  subject: 'cmd.auth.remove-department-hardware', schema: z.object({ department_id: z.string(), hardware_item_id: z.string() }), state, stream,
  access: to.admins, prepare: (c, context: Context) => known(context, c),
  decide: (c: Ids, has) => (has ? [DepartmentHardwareRemoved(c)] : []),
});

const itemsOf = (department: string) => sql`select ${selectList(hardwareItem.shape, Caller.system, false)} from hardware_item t join hardware_item_department l on l.hardware_item_id = t.id
  where l.department_id = ${department} order by l.log_position`;

export const departmentHardwareRoutes: Route[] = [
  route({ method: 'get', path: '/data/departments/hardware-items', summary: 'What hardware each department uses', answers: { 200: byKey(z.array(hardwareItem.answer)) }, access: to.admins,
    ask: async (c) => new Rendered(await c.db.text(sql`select coalesce(json_object_agg(d.department_id, d.items), '{}')::text as text from (select x.department_id, json_agg(x.item) as items from (
      select l.department_id, (select row_to_json(r) from (select ${selectList(hardwareItem.shape, Caller.system, false)}) r) as item
      from hardware_item_department l join hardware_item t on t.id = l.hardware_item_id order by l.log_position) x group by x.department_id) d`)) }),
  route({ method: 'get', path: '/data/departments/{department_id}/hardware-items/{hardware_item_id}', summary: 'The hardware of a department', answers: { 200: z.array(hardwareItem.answer) }, access: to.admins,
    ask: async (c) => {
      const ids = await known(c, c.request.params as any);
      if (!(await c.db.one(sql`select 1 from hardware_item_department where id = ${linkId(ids)}`))) throw new NotFound('hardware item of this department', ids.hardware_item_id);
      return rendered(c.db, itemsOf(ids.department_id));
    } }),
  route({ method: 'post', path: '/data/departments/{department_id}/hardware-items', summary: 'Note that a department uses hardware', answers: { 201: Link }, command: addHardware, status: 201 }),
  route({ method: 'delete', path: '/data/departments/{department_id}/hardware-items/{hardware_item_id}', summary: 'Note that a department uses it no more', command: removeHardware, status: 204 }),
];
