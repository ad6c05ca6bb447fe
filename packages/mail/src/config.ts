import { z } from 'zod';

const flag = z.enum(['true', 'false', 'True', 'False', '1', '0']).default('false').transform((v) => v === 'true' || v === 'True' || v === '1');

const Schema = z.object({
  /** `smtps://user:password@host:465`; wins over the MAIL_ variables. */
  SMTP_URL: z.string().optional(),
  MAIL_SERVER: z.string().optional(),
  MAIL_PORT: z.coerce.number().int().min(1).max(65_535).default(25),
  MAIL_USERNAME: z.string().optional(),
  MAIL_PASSWORD: z.string().optional(),
  /** STARTTLS is asked for; TLS from the first byte. */
  MAIL_USE_TLS: flag,
  MAIL_USE_SSL: flag,
  MAIL_DEFAULT_SENDER: z.string().default('Shotlog <no-reply@localhost>'),
  DATA_DIR: z.string().default('./data'),
  /** Where people reach the studio with a browser: links in mails start with it. */
  PUBLIC_URL: z.string().optional(),
  DOMAIN_NAME: z.string().optional(),
  DOMAIN_PROTOCOL: z.enum(['http', 'https']).default('http'),
  PORT: z.coerce.number().default(8080),
}).loose();

export type MailConfig = {
  /** Null: mails are written to `folder` and go nowhere. */
  smtp: string | { host: string; port: number; secure: boolean; requireTLS: boolean; auth?: { user: string; pass: string } } | null;
  sender: string;
  folder: string;
  /** Without a slash at its end. */
  publicUrl: string;
};

/** What the environment says about mails. @throws Error with a line for each bad variable. */
export const mailConfig = (environment: Record<string, unknown>): MailConfig => {
  const parsed = Schema.safeParse(Object.fromEntries(Object.entries(environment).filter(([, v]) => v !== undefined && v !== '')));
  if (!parsed.success) throw new Error(parsed.error.issues.map((i) => `${i.path.join('.')} ${i.message}`).join('\n'));
  const c = parsed.data;
  const server = c.MAIL_SERVER ? {
    host: c.MAIL_SERVER, port: c.MAIL_PORT, secure: c.MAIL_USE_SSL, requireTLS: c.MAIL_USE_TLS,
    ...(c.MAIL_USERNAME ? { auth: { user: c.MAIL_USERNAME, pass: c.MAIL_PASSWORD ?? '' } } : {}),
  } : null;
  const url = c.PUBLIC_URL ?? (c.DOMAIN_NAME ? `${c.DOMAIN_PROTOCOL}://${c.DOMAIN_NAME}` : `http://localhost:${c.PORT}`);
  return { smtp: c.SMTP_URL ?? server, sender: c.MAIL_DEFAULT_SENDER, folder: `${c.DATA_DIR}/mails`, publicUrl: url.replace(/\/+$/, '') };
};
