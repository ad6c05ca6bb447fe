import { Invalid } from '@shotlog/kernel';

/** Templates of one mode: where a thing's folder is and how its file is called, by the kind of thing. */
export type Branch = { mountpoint: string; root: string; folder_path: Record<string, string>; file_name: Record<string, string> };
/** A production's file tree: `working`, `output`, `preview` and whatever else the studio has. */
export type FileTree = Record<string, Branch>;
/** What stands for a tag, by its attribute: `<Project>` is its name, `<TaskType.short_name>` another of its texts. */
export type Facts = Record<string, Record<string, string | number | null | undefined> | null | undefined>;

const TAG = /<([A-Za-z]+)(?:\.([a-z_]+))?>/g;

/** Lower case letters, digits and `_`, whatever a name was written in; accents go. */
export const slug = (text: string): string =>
  text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '');

const styled = (text: string, style: string | undefined): string => (style === 'uppercase' ? slug(text).toUpperCase() : slug(text));

/**
 * A template with its tags filled in. A thing that is not there (a shot without episode) fills nothing.
 * @throws Invalid (400) for a tag or an attribute that does not exist.
 */
const fill = (template: string, facts: Facts, style: string | undefined): string => template.replace(TAG, (_, tag: string, attribute = 'name') => {
  if (!(tag in facts)) throw new Invalid(`A template names <${tag}>, which is nothing that a path can be made of.`);
  const of = facts[tag];
  if (of === null || of === undefined) return '';
  if (!(attribute in of)) throw new Invalid(`A template names <${tag}.${attribute}>, which <${tag}> does not have.`);
  const value = of[attribute];
  return value === null || value === undefined ? '' : styled(String(value), style);
});

const isBranch = (branch: unknown): branch is Branch => {
  const { mountpoint, root, folder_path, file_name } = (branch ?? {}) as Record<string, unknown>;
  return typeof mountpoint === 'string' && typeof root === 'string' && typeof folder_path === 'object' && folder_path !== null && typeof file_name === 'object' && file_name !== null;
};

/** @throws Invalid (400) for a production without tree and a mode that the tree does not have. */
export const branchOf = (tree: unknown, mode: string): Branch => {
  if (typeof tree !== 'object' || tree === null) throw new Invalid('The production has no file tree.');
  const branch = Object.hasOwn(tree, mode) ? (tree as FileTree)[mode] : undefined;
  if (!isBranch(branch)) throw new Invalid(`The file tree has no mode "${mode.slice(0, 60)}".`);
  return branch;
};

const templateOf = (templates: Record<string, string>, kind: string): string => {
  const found = Object.hasOwn(templates, kind) ? templates[kind] : undefined;
  if (typeof found !== 'string') throw new Invalid(`The file tree has no template for ${kind}.`);
  return found;
};

/** Folder and file name of a thing, without extension. `separator` stands between folders below the root. */
export const pathOf = (branch: Branch, kind: string, facts: Facts, separator = '/'): { folder: string; name: string } => {
  const below = templateOf(branch.folder_path, kind).split('/').map((part) => fill(part, facts, branch.folder_path.style)).filter(Boolean);
  return {
    folder: [[branch.mountpoint, branch.root].filter(Boolean).join('/'), ...below].join(separator).replace(/^\/{2,}/, '/'),
    name: fill(templateOf(branch.file_name, kind), facts, branch.file_name.style),
  };
};

/** A template that a path may have been made by, with what stands at its tags. */
export type Guess = { template: string; parts: { tag: string; text: string }[] };

/** Which templates fit a path: everything written out in a template must stand in the path. Tags that share a folder with other text are not read. */
export const guesses = (branch: Branch, path: string, separator = '/'): Guess[] => {
  const start = [branch.mountpoint, branch.root].filter(Boolean).join('/').split('/').filter(Boolean);
  const parts = path.split(separator).filter(Boolean);
  if (!start.every((folder, i) => parts[i] === folder)) return [];
  const below = parts.slice(start.length);
  return Object.entries(branch.folder_path).filter(([kind]) => kind !== 'style').flatMap(([template, text]) => {
    const wanted = String(text).split('/').filter(Boolean).slice(0, below.length);
    const found: Guess['parts'] = [];
    for (const [i, folder] of wanted.entries()) {
      const tag = /^<([A-Za-z]+)(?:\.[a-z_]+)?>$/.exec(folder)?.[1];
      if (tag) found.push({ tag, text: below[i]! });
      else if (!folder.includes('<') && folder !== below[i]) return [];
    }
    return [{ template, parts: found }];
  });
};
