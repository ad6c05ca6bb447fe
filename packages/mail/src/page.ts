/** Text that is HTML already. */
export type Html = { readonly html: string };

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as HTML shows it. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => ENTITIES[c]!);

const isHtml = (value: unknown): value is Html => typeof value === 'object' && value !== null && 'html' in value;
const shown = (value: unknown): string =>
  Array.isArray(value) ? value.map(shown).join('') : isHtml(value) ? value.html : escapeHtml(value === null || value === undefined ? '' : String(value));

/** A piece of HTML in which every value is escaped, except what `html` made itself. */
export const html = (parts: TemplateStringsArray, ...values: unknown[]): Html =>
  ({ html: parts.reduce((all, part, i) => all + (i === 0 ? '' : shown(values[i - 1])) + part, '') });

const STYLE = 'font-family:Lato,Arial,sans-serif;color:#333;line-height:1.6;max-width:600px;margin:24px auto;padding:32px;border:1px solid #ddd;border-radius:12px';
const BUTTON = 'display:inline-block;background:#00b242;color:#fff;text-decoration:none;padding:10px 24px;border-radius:20px';

/** A whole mail: a heading, paragraphs, and perhaps one button. Answers it as HTML and as the plain text of the same words. */
export const mailPage = (page: { title: string; paragraphs: (string | Html)[]; button?: { label: string; url: string } }): { html: string; text: string } => {
  const paragraphs = page.paragraphs.map((p) => html`<p>${p}</p>`);
  const button = page.button ? html`<p><a href="${page.button.url}" style="${BUTTON}">${page.button.label}</a></p>` : '';
  const body = html`<!doctype html><html><body><div style="${STYLE}"><h1 style="font-size:20px">${page.title}</h1>${paragraphs}${button}</div></body></html>`;
  const plain = page.paragraphs.map((p) => (typeof p === 'string' ? p : p.html.replace(/<[^>]*>/g, '')));
  return { html: body.html, text: [page.title, ...plain, ...(page.button ? [`${page.button.label}: ${page.button.url}`] : [])].join('\n\n') };
};
