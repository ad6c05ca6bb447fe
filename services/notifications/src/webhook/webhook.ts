import { access, f, Invalid, isId, NotFound, rendered, resource, route, spanning, sql, to, type Context, type NewEvent, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { newSecret } from './signature.ts';
import { namesPrivateAddress } from './address.ts';
import { Delivery } from './webhook.answers.ts';

/** Names of events that a webhook may want: one, all of a kind (`task:*`) or all (`*`). */
const WANTED = /^(\*|[a-z][a-z_-]*:(\*|[a-z][a-z_-]*))$/;

/** Refuses what cannot be called or wanted. @throws Invalid */
const check = (values: Record<string, any>, context: Context): void => {
  if (typeof values.url === 'string') {
    const url = URL.canParse(values.url) ? new URL(values.url) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) throw new Invalid('url must be an http or https address without a password.');
    if (!context.resource<boolean>('privateAddresses') && namesPrivateAddress(url)) throw new Invalid('url must not be an address of the own network.');
  }
  if (Array.isArray(values.events) && (values.events.length === 0 || values.events.length > 200 || !values.events.every((e: string) => WANTED.test(e)))) {
    throw new Invalid('events must name events, such as "task:new", "task:*" or "*".');
  }
};

/** An address that is told what happens, signed by the rules of Standard Webhooks. Admins only; the secret is shown once. */
export const webhook = resource({
  service: 'notifications', name: 'webhook', path: '/data/webhooks', type: 'Webhook', published: null,
  fields: { url: f.string(2_000, { required: true }), events: f.strings({ default: ['*'] }), active: f.boolean({ default: true }), description: f.string(400) },
  access: access.admin,
  creating: (values, context) => (check(values, context), {}),
  updating: (changes, _row, context) => (check(changes, context), {}),
});

const renew = async (webhook_id: string, { db }: Context): Promise<string> => {
  const secret = newSecret();
  await db.batch([sql`insert into webhook_secret (webhook_id, secret) values (${webhook_id}, ${secret}) on conflict (webhook_id) do update set secret = excluded.secret`]);
  return secret;
};

const plainCreate = webhook.commands.create;
/** Makes a webhook; the answer alone carries its secret. A repeated request is answered without it. */
export const createWebhook = {
  ...plainCreate,
  secret: true,
  answer: async (c: any, context: Context, events: NewEvent[]) =>
    ({ ...(await plainCreate.answer(c, context, events)), ...(events.length > 0 ? { secret: await renew(c.id, context) } : {}) }),
};

const existing = async (id: string, context: Context) => {
  if (!isId(id)) throw new Invalid('This is no id.');
  if (!(await context.db.one(sql`select 1 from webhook where id = ${id}`))) throw new NotFound('webhook', id);
};

/** Gives a webhook another secret; the old one counts no more. */
export const rotateSecret = spanning({
  subject: 'cmd.notifications.rotate-webhook-secret', secret: true, schema: z.object({ webhook_id: z.string() }), access: to.admins,
  handle: async ({ webhook_id }, context) => {
    await existing(webhook_id, context);
    return { id: webhook_id, secret: await renew(webhook_id, context) };
  },
});

/** Sends again what a webhook wants of everything from a position of the log on. */
export const replayWebhook = spanning({
  subject: 'cmd.notifications.replay-webhook', access: to.admins,
  schema: z.object({ webhook_id: z.string(), position: z.union([z.string().regex(/^\d{1,18}$/), z.number().int().min(0)], { error: 'position must be a position of the log.' }) }),
  handle: async ({ webhook_id, position }, context) => {
    await existing(webhook_id, context);
    await context.db.batch([sql`insert into webhook_cursor (webhook_id, position) values (${webhook_id}, ${BigInt(position) - 1n}) on conflict (webhook_id) do update set position = excluded.position`]);
    return { id: webhook_id, position: String(position) };
  },
});

const one = '/actions/webhooks/{webhook_id}';
export const webhookRoutes: Route[] = [
  ...webhook.routes.filter((r) => r !== webhook.route.create), { ...webhook.route.create, command: createWebhook } as Route,
  route({ method: 'get', path: '/data/webhooks/{webhook_id}/deliveries', summary: 'List the newest deliveries of a webhook', answers: { 200: z.array(Delivery) }, access: to.admins, query: { status: 'pending, delivered or failed' }, ask: async (c) => {
    const id = c.request.params.webhook_id ?? '';
    await existing(id, c);
    const status = c.request.search.get('status') || null;
    return rendered(c.db, sql`select event_id as id, name, log_position::text as position, status, attempts, first_at, case when status = 'pending' then next_at end as next_at, last_status, last_error from webhook_delivery
      where webhook_id = ${id} and (${status}::text is null or status = ${status}) order by log_position desc, event_id limit 100`);
  } }),
  route({ method: 'post', path: `${one}/rotate-secret`, summary: 'Give a webhook another secret', answers: { 200: z.object({ id: z.guid(), secret: z.string() }) }, command: rotateSecret, status: 200, input: (r) => ({ ...r.params }) }),
  route({ method: 'post', path: `${one}/replay`, summary: 'Send again everything from a position of the log on', answers: { 200: z.object({ id: z.guid(), position: z.string() }) }, command: replayWebhook, status: 200 }),
];
