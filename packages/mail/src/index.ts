export { mailConfig, type MailConfig } from './config.ts';
export { openMailer, MailFailed, type Mail, type Mailer } from './mailer.ts';
export { escapeHtml, html, mailPage, type Html } from './page.ts';
