const WORDS: Record<string, string> = { year: '2026', month: '6', day: '1', week: '23', date: '2026-06-01', month_date: '2026-06', entity_type: 'shot', extension: 'png', file_name: 'x.txt', field_name: 'x' };
const NOBODY = '11111111-2222-4333-8444-555555555555';

/** What `{instance_id}` of a path is the id of: `preview_file_id` for `/pictures/thumbnails/preview-files/{instance_id}.png`. */
const instanceKey = (path: string): string => {
  const many = path.slice(0, path.indexOf('/{instance_id}')).split('/').at(-1)!.replaceAll('-', '_');
  return `${/(status|news)$/.test(many) ? many : many.replace(/ies$/, 'y').replace(/s$/, '')}_id`;
};

/** A path of the API reference with ids in it. */
export const fillPath = (path: string, ids: Record<string, string>): string =>
  path.replace(/\{([a-z_]+)\}/g, (_, name: string) => ids[name] ?? (name === 'instance_id' ? ids[instanceKey(path)] : undefined) ?? WORDS[name] ?? NOBODY);
