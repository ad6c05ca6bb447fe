import { z } from 'zod';
import { media, to, type AnswerDoc, type Route } from '@shotlog/kernel';

const Service = z.object({ name: z.string(), position: z.string().nullable(), failed_events: z.int(), outbox: z.int(), lag: z.number(), up: z.boolean() }).loose();
const Up = z.boolean();
const Status = z.looseObject({ name: z.string(), server: z.string(), version: z.string(), 'database-up': Up, 'key-value-store-up': Up, 'event-stream-up': Up, 'job-queue-up': Up, 'indexer-up': Up, services: z.array(Service) })
  .meta({ id: 'Status' });
const Config = z.looseObject({ is_self_hosted: Up, indexer_configured: Up, saml_enabled: Up, saml_idp_name: z.string(), oidc_enabled: Up, oidc_idp_name: z.string(), enforce_2fa: Up, default_locale: z.string(), default_timezone: z.string() });
const Load = z.object({ 'last 1 min': z.number(), 'last 5 min': z.number(), 'last 10 min': z.number() });
const Machine = z.object({
  date: z.string(), cpu: z.object({ percent: z.array(z.number()), loadavg: Load }),
  memory: z.object({ total: z.int(), used: z.int(), available: z.int(), percent: z.number() }), jobs: z.object({ running_jobs: z.int() }),
});
const Flag = z.literal([0, 1]);
const Influx = z.object({ 'database-up': Flag, 'key-value-store-up': Flag, 'event-stream-up': Flag, 'job-queue-up': Flag, 'indexer-up': Flag, time: z.number() });
const Counts = z.object({ number_of_video_previews: z.int(), number_of_picture_previews: z.int(), number_of_model_previews: z.int(), number_of_comments: z.int() });
const things = z.array(z.looseObject({ id: z.guid(), type: z.string() }));
const Context = z.looseObject({
  asset_types: things, custom_actions: things, departments: things, notification_count: z.int(), persons: things, preview_background_files: things, project_status: things, projects: things, search_filters: z.unknown(),
  search_filter_groups: z.unknown(), status_automations: things, studios: things, task_status: things, task_types: things, user_limit: z.int(),
}).partial().meta({ id: 'UserContext' });

const doc = (path: string, summary: string, answers: Record<number, AnswerDoc>, more: { open?: boolean; query?: Route['query'] } = {}): Route =>
  ({ method: 'get', path, summary, answers, tag: path.split('/')[1] || 'api', open: true, ...more, access: to.anyone, policy: () => {}, handle: async () => null, status: 200 });

/**
 * What the gateway answers itself, for the document alone. Two are left out: the stream of events, whose answer has no end, and `/status.txt`,
 * whose media type (`text`, as clients of the API know it) is none. */
export const ownDocs: Route[] = [
  doc('/', 'What this is', { 200: z.object({ api: z.string(), version: z.string() }) }),
  doc('/config', 'What a client may know of the installation before it signs in', { 200: Config }),
  doc('/status', 'How the installation is', { 200: Status, 503: Status }),
  doc('/status/influx', 'The same for InfluxDB', { 200: Influx }),
  doc('/status/resources', 'How loaded the machine is', { 200: Machine }),
  doc('/status/test-event', 'Publish main:test, to see whether events arrive', { 200: z.object({ success: z.boolean() }) }),
  doc('/stats', 'Count previews and comments', { 200: Counts }, { open: false }),
  doc('/metrics', 'Metrics in the text format of Prometheus', { 200: media('text/plain') }),
  doc('/openapi.json', 'This document', { 200: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }) }),
  doc('/docs', 'The routes as a page', { 200: media('text/html') }),
  doc('/data/user/context', 'Everything that a client shows first', { 200: Context }, { open: false }),
];
