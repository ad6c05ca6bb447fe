import { Invalid, isId, on, projection, raw, rendered, route, selectList, spanning, sql, to, type CommandDefinition, type Context, type Recorded, type Resource, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { news, newsCommands } from '../news/news.ts';
import { notification, notificationCommands } from '../notification/notification.ts';
import { subscription } from '../subscription/subscription.ts';

type Entry = Record<string, unknown> & { id: string };
const MOST = 10_000;

const checked = (entries: unknown[]): Entry[] => entries.map((entry) => {
  if (entry === null || typeof entry !== 'object' || !isId((entry as Entry).id)) throw new Invalid('Every entry needs an id.');
  return { ...entry, id: (entry as Entry).id.toLowerCase() };
});

/** Brings over one thing under its own id; what is there already is brought up to date. */
const bring = async (of: Resource, change: CommandDefinition, { id, ...values }: Entry, context: Context): Promise<void> => {
  const there = await context.db.one(sql`select 1 from "${raw(of.table.name)}" where id = ${id}`);
  if (there) await context.run(change, { id, changes: values }, `change-${id}`);
  else await context.run(of.commands.create, { ...values, dated: values.created_at, [of.idKey]: id }, `create-${id}`);
};

const importing = (of: Resource, plural: string, change: CommandDefinition): Route => route({
  method: 'post', path: `/import/kitsu/${plural}`, summary: `Bring ${plural} over from another Kitsu`, body: z.array(z.looseObject({ id: z.guid() })), answers: { 200: z.array(of.answer) }, description: 'A list of things as the API shows them. Admins; for others nothing happens.', status: 200,
  input: (r) => ({ entries: r.body }),
  command: spanning({
    subject: `cmd.notifications.import-${plural}`, schema: z.object({ entries: z.array(z.unknown(), { error: 'The body must be a list.' }).max(MOST) }), access: to.signedIn,
    handle: async ({ entries }, context) => {
      if (!context.caller.isAdmin) return [];
      const brought = checked(entries);
      for (const entry of brought) await bring(of, change, entry, context);
      await context.settled();
      const ids = `{${brought.map((e) => e.id).join(',')}}`;
      return JSON.parse((await rendered(context.db, sql`select ${selectList(of.shape, context.caller, false)} from "${raw(of.table.name)}" t where t.id = any(${ids}::uuid[]) order by array_position(${ids}::uuid[], t.id)`)).text);
    },
  }),
});

const dated = (name: string) => (e: Recorded) => (e.data.dated ? sql`update "${raw(name)}" set created_at = ${e.data.dated} where id = ${e.data[`${name}_id`]}` : null);
/** What was brought over keeps its time. */
export const datedProjection = projection('dated', [], [on(news.events.created, dated('news')), on(notification.events.created, dated('notification'))]);

/** What was left of another Kitsu. */
export const kitsuRoutes: Route[] = [
  importing(news, 'news', newsCommands.update), importing(notification, 'notifications', notificationCommands.update), importing(subscription, 'subscriptions', subscription.commands.update),
];
