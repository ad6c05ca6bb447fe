import { z } from 'zod';

/** The environment of every part; all have values that work on one machine. */
export const ServiceConfig = z.object({
  DATABASE_URL: z.string().default('postgres://shotlog@127.0.0.1:5432/shotlog'),
  EVENTSTORE_URL: z.string().default('esdb://127.0.0.1:2113?tls=false'),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  SHOTLOG_SECRET_KEY: z.string().min(32, 'must have at least 32 characters: openssl rand -hex 32'),
  DATA_DIR: z.string().default('./data'),
  ADMIN_EMAIL: z.string().default('admin@example.com'),
  ADMIN_PASSWORD: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Where a service answers queries, when it runs as a process of its own. */
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  /** Where the other parts are, by name: `SHOTLOG_TASKS_URL=http://tasks:8080`. */
}).loose();

export type ServiceConfig = z.infer<typeof ServiceConfig>;

/** The environment, checked once. @throws Error with a line for each bad variable. */
export const readConfig = (environment: Record<string, string | undefined> = process.env): ServiceConfig => {
  const given = Object.fromEntries(Object.entries(environment).filter(([, v]) => v !== undefined && v !== ''));
  const parsed = ServiceConfig.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Error(parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('\n'));
};

export const SERVICES = ['auth', 'breakdown', 'tasks', 'files', 'playlists', 'budgets', 'notifications'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** Where another part answers queries, when it is another process. */
export const urlOf = (config: ServiceConfig, service: string): string =>
  String((config as Record<string, unknown>)[`SHOTLOG_${service.toUpperCase()}_URL`] ?? `http://${service}:8080`);
