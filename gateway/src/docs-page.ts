import type { Mounted } from './app.ts';

const escape = (text: string) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** The reference as one page, without a script or a byte from elsewhere: the routes by service, each with its summary. */
export const docsPage = (routes: Mounted[]): string => {
  const services = [...new Set(routes.map((m) => m.service))].sort();
  const sections = services.map((service) => {
    const rows = routes.filter((m) => m.service === service && !m.route.path.startsWith('/internal/')).sort((a, b) => a.route.path.localeCompare(b.route.path))
      .map(({ route }) => `<tr><td><code class="${route.method}">${route.method.toUpperCase()}</code></td><td><code>/api${escape(route.path)}</code></td><td>${escape(route.summary)}</td></tr>`);
    return `<h2 id="${service}">${service} <small>${rows.length} routes</small></h2><table>${rows.join('')}</table>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shotlog API</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}table{border-collapse:collapse;width:100%}
td{padding:.2rem .6rem .2rem 0;border-bottom:1px solid #eee;vertical-align:top}code{font-size:13px}small{color:#777;font-weight:normal}
.get{color:#06c}.post{color:#080}.put{color:#a60}.delete{color:#c00}nav a{margin-right:1rem}</style>
<h1>Shotlog API</h1><p>Machine-readable: <a href="/api/openapi.json">OpenAPI 3.1</a>. Sign in with <code>POST /api/auth/login</code> and send the
<code>access_token</code> as <code>Authorization: Bearer …</code>.</p><nav>${services.map((s) => `<a href="#${s}">${s}</a>`).join('')}</nav>${sections.join('')}</html>`;
};
