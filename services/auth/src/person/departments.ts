import { Invalid, isId, only, pathId, spanning, sql, to, type Context } from '@shotlog/kernel';
import { z } from 'zod';
import { personCard, personRow } from './person.queries.ts';
import { revise } from './update-person.ts';

const department = async (context: Context, id: unknown): Promise<string> => {
  if (!isId(id) || !(await context.db.one(sql`select 1 from department where id = ${id}`))) throw new Invalid('There is no such department.');
  return id.toLowerCase();
};

/** Puts a person into a department; twice changes nothing. */
export const joinDepartment = spanning({
  subject: 'cmd.auth.join-department', schema: z.object({ person_id: z.string(), department_id: z.guid({ error: 'department_id must be an id.' }) }), access: to.admins,
  handle: async ({ person_id, department_id }, context) => {
    only.admin(context.caller);
    const row = await personRow(context, pathId({ params: { person_id } }, 'person_id'));
    const id = await department(context, department_id);
    await revise(context, row, { departments: [...new Set([...row.departments, id])] }, 'join');
    await context.settled();
    return personCard(context.db, row.id);
  },
});

/** Takes a person out of a department; one that the person is not in changes nothing. */
export const leaveDepartment = spanning({
  subject: 'cmd.auth.leave-department', schema: z.object({ person_id: z.string(), department_id: z.string() }), access: to.admins,
  handle: async ({ person_id, department_id }, context) => {
    only.admin(context.caller);
    const row = await personRow(context, pathId({ params: { person_id } }, 'person_id'));
    const id = await department(context, department_id);
    await revise(context, row, { departments: row.departments.filter((d: string) => d !== id) }, 'leave');
    return null;
  },
});
