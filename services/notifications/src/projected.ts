import { bodySchema, command, defineState, Invalid, isId, NotFound, oneText, only, raw, route, sql, to, type Context, type Request, type Resource, type Route } from '@shotlog/kernel';
import { z } from 'zod';

type Changes = Record<string, unknown>;

/**
 * Update and delete for things whose rows are made of other services' facts: whether one exists is known by its row, since no event of
 * its own stream made it. Their changes are events of that stream. Admins only.
 */
export const projectedCommands = (of: Resource, verbs: { name: string; fixed: readonly string[] }) => {
  const label = verbs.name.replaceAll('-', ' ');
  const fields = Object.fromEntries(Object.entries(of.table.fields).filter(([name, field]) => !field.hidden && !['id', 'created_at', 'updated_at'].includes(name) && !verbs.fixed.includes(name)));
  const Body = bodySchema(fields);
  const state = defineState<Changes>({ initial: {}, evolve: (s, e: any) => (e.type === of.events.updated.eventType ? { ...s, ...e.data.changes } : s) });
  const rowOf = async (id: string, context: Context): Promise<Record<string, any>> => {
    only.admin(context.caller);
    if (!isId(id)) throw new Invalid('This is no id.');
    const row = await context.db.one(sql`select * from "${raw(of.table.name)}" where id = ${id}`);
    if (!row) throw new NotFound(label, id);
    return row;
  };
  const keys = (row: Record<string, any>) => ({ [of.idKey]: row.id, ...('project_id' in of.table.fields ? { project_id: row.project_id ?? null } : {}) });
  const update = command({
    subject: `cmd.notifications.change-${verbs.name}`, schema: z.object({ id: z.string(), changes: z.unknown() }), state, access: to.admins,
    prepare: async ({ id, changes }: any, context: Context): Promise<any> => {
      const row = await rowOf(id, context);
      const parsed = Body.safeParse(changes ?? {});
      if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
      for (const [name, value] of Object.entries(parsed.data)) if (fields[name]!.required && value === null) throw new Invalid(`${name} is needed.`);
      return { row, changes: parsed.data };
    },
    stream: (c: any) => of.stream(c.row.id),
    decide: (c: any, s) => {
      const now = { ...c.row, ...s };
      const changes = Object.fromEntries(Object.entries(c.changes).filter(([name, v]) => v !== undefined && JSON.stringify(v) !== JSON.stringify(now[name] ?? null)));
      return Object.keys(changes).length === 0 ? [] : [of.events.updated({ ...keys(c.row), changes })];
    },
    answer: async (c: any, context) => JSON.parse((await oneText(context.db, of.shape, context.caller, sql`t.id = ${c.row.id}`, false))!),
  });
  const remove = command({
    subject: `cmd.notifications.remove-${verbs.name}`, schema: z.object({ id: z.string() }), state, access: to.admins,
    prepare: async (c, context): Promise<any> => ({ row: await rowOf(c.id, context) }),
    stream: (c: any) => of.stream(c.row.id),
    decide: (c: any) => [of.events.deleted(keys(c.row))],
  });
  return { update, remove };
};

/** The five generic routes of such a thing; `input` brings a body into the form that it is kept in. */
export const projectedRoutes = (of: Resource, path: string, commands: ReturnType<typeof projectedCommands>, input: (body: Record<string, any>) => Record<string, any> = (b) => b): Route[] => {
  const body = (r: Request) => input((r.body ?? {}) as Record<string, any>);
  const label = of.name.replaceAll('_', ' ');
  return [
    of.route.list, of.route.one, { ...of.route.create, input: body } as Route,
    route({ method: 'put', path: `${path}/{instance_id}`, summary: `Update a ${label}`, body: of.route.update.body, answers: { 200: of.answer }, command: commands.update, status: 200, input: (r) => ({ id: r.params.instance_id?.toLowerCase(), changes: body(r) }) }),
    route({ method: 'delete', path: `${path}/{instance_id}`, summary: `Delete a ${label}`, command: commands.remove, status: 204, input: (r) => ({ id: r.params.instance_id?.toLowerCase() }) }),
  ];
};
