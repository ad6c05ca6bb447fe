import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type Transporter } from 'nodemailer';
import type { MailConfig } from './config.ts';

export type Mail = { to: string; subject: string; text: string; html?: string };

export type Mailer = {
  /** Hands a mail over. @throws MailFailed when the server does not take it within 10 seconds. */
  send(mail: Mail): Promise<void>;
  /** Links in mails start with it; without a slash at its end. */
  publicUrl: string;
  close(): void;
};

/** The mail server did not take a mail. `code` says why; what the server said may name addresses and is not kept. */
export class MailFailed extends Error {
  readonly code: string | number | null;
  constructor(error: any) {
    super('The mail server does not take the mail.');
    this.name = 'MailFailed';
    this.code = error?.responseCode ?? error?.code ?? null;
  }
}

const TIMEOUT_MS = 10_000;
/** A header holds one line: what follows a line break would be a header of its own. */
const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ').slice(0, 400);

let count = 0;
const fileName = (): string => `${new Date().toISOString().replaceAll(':', '-')}-${process.pid}-${String(++count).padStart(4, '0')}.eml`;

/** Mails by SMTP where a server is configured; otherwise each is a file in the mail folder, which only its owner reads. */
export const openMailer = ({ smtp, sender, folder, publicUrl }: MailConfig): Mailer => {
  const timeouts = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS };
  const transport: Transporter = smtp === null ? createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
    : typeof smtp === 'string' ? createTransport({ url: smtp, ...timeouts } as object) : createTransport({ ...smtp, ...timeouts } as object);
  return {
    publicUrl,
    async send({ to, subject, text, html }) {
      try {
        const sent = await transport.sendMail({ from: sender, to: oneLine(to), subject: oneLine(subject), text, html });
        if (smtp !== null) return;
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(join(folder, fileName()), sent.message as Buffer, { mode: 0o600 });
      } catch (error) {
        throw new MailFailed(error);
      }
    },
    close: () => transport.close(),
  };
};
