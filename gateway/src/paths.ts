/** Path of the API reference → what Hono matches, and how the parameters are taken out of it. */
export type PathPattern = { hono: string; params: (path: string) => Record<string, string> | null; rank: string };

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * `{x}` alone in a segment is a parameter; within a segment (`{instance_id}.png`) the rest is literal. `rank` sorts routes so that the
 * more literal one is tried first (`/data/shots/all` before `/data/shots/{shot_id}`).
 */
export const pathPattern = (path: string): PathPattern => {
  const names: string[] = [];
  const segments = path.split('/').map((segment, i) => {
    if (!segment.includes('{')) return { hono: segment, regex: escape(segment), rank: '0' };
    const regex = segment.split(/(\{[a-z_]+\})/).map((part) => {
      if (!part.startsWith('{')) return escape(part);
      names.push(part.slice(1, -1));
      return '([^/]+)';
    }).join('');
    const whole = /^\{[a-z_]+\}$/.test(segment);
    return { hono: whole ? `:p${i}` : `:p${i}{${regex.replaceAll('([^/]+)', '[^/]+')}}`, regex, rank: whole ? '2' : segment.split('{').length > 2 ? '1b' : '1a' };
  });
  const pattern = new RegExp(`^${segments.map((s) => s.regex).join('/')}$`);
  return {
    hono: segments.map((s) => s.hono).join('/') || '/',
    rank: segments.map((s) => s.rank).join('.'),
    params: (given) => {
      const match = pattern.exec(given);
      if (!match) return null;
      return Object.fromEntries(names.map((name, i) => [name, decode(match[i + 1]!)]));
    },
  };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
