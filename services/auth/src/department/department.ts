import { access, derivedId, f, Invalid, resource, sql } from '@shotlog/kernel';

/** Departments of the studio: who works together, and what task types belong to. */
export const department = resource({
  service: 'auth', name: 'department', path: '/data/departments', type: 'Department', published: 'department',
  fields: { name: f.string(80, { required: true, ignoreCase: true }), color: f.string(7, { required: true }), archived: f.boolean({ default: false }) },
  unique: [['name']], access: access.studio,
  removing: async (row, { db }) => {
    const used = await db.one(sql`select exists (select 1 from person where ${row.id}::uuid = any(departments)) or exists (select 1 from task_type where department_id = ${row.id})
      or exists (select 1 from hardware_item_department where department_id = ${row.id}) as it`);
    if (used!.it) throw new Invalid('Persons, task types or hardware belong to this department.');
  },
});

/** The id of a department that stands there from the first start. */
export const defaultDepartmentId = (name: string): string => derivedId('default department', name);

/** Name and colour, as a studio finds them at its first start. */
export const DEFAULT_DEPARTMENTS: readonly [string, string][] = [
  ['Modeling', '#78909C'], ['Animation', '#009688'], ['FX', '#26C6DA'], ['Compositing', '#F06292'], ['Concept', '#8D6E63'], ['Layout', '#7CB342'],
];
