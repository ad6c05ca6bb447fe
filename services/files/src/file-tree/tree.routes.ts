import { projectEvents } from '@shotlog/breakdown/project/project.fields';
import { projectState, projectStream } from '@shotlog/breakdown/project/project.state';
import { command, Invalid, isId, NotFound, only, raw, route, spanning, sql, to, type Context, type Db, type Route } from '@shotlog/kernel';
import { z } from 'zod';
import { DEFAULT_TREES } from './default-trees.ts';
import { branchOf, guesses, slug, type Guess } from './tree.ts';
import { Guesses } from '../output-file/output-file.answers.ts';
import { Project } from '@shotlog/breakdown/project/project.answers';

const SetTree = z.object({ project_id: z.guid(), tree_name: z.string() });

/** Gives a production one of the trees to start with, in the production's stream; its owner shows and publishes it. */
const setFileTree = command({
  subject: 'cmd.files.set-file-tree', schema: SetTree.extend({ project_id: z.string() }), state: projectState,
  prepare: async (c, { db }) => {
    if (!isId(c.project_id) || !(await db.one(sql`select 1 from project where id = ${c.project_id}`))) throw new NotFound('project', c.project_id.slice(0, 60));
    return { ...c, project_id: c.project_id.toLowerCase() };
  },
  access: to.teamManagers.of('project_id'), stream: ({ project_id }) => projectStream(project_id),
  decide: ({ project_id, tree_name }, state) => {
    if (state === null) throw new NotFound('project', project_id);
    const tree = Object.hasOwn(DEFAULT_TREES, tree_name) ? DEFAULT_TREES[tree_name] : undefined;
    if (!tree) throw new Invalid(`There is no file tree "${tree_name.slice(0, 60)}": choose ${Object.keys(DEFAULT_TREES).join(' or ')}.`);
    return [projectEvents.updated({ project_id, changes: { file_tree: tree } })];
  },
  answer: ({ project_id }, context: Context) => context.fetchFrom('breakdown', `GET /data/projects/{instance_id}|${JSON.stringify({ instance_id: project_id })}?relations=false`),
});

const KINDS: Record<string, string> = { Shot: 'shot', Scene: 'scene', Sequence: 'sequence', Episode: 'episode', Asset: 'asset', Edit: 'edit', Concept: 'concept' };
const TABLES: Record<string, string> = { TaskType: 'select id, name from task_type', AssetType: 'select id, name from entity_type', OutputType: 'select id, name from output_type', Software: 'select id, name from software', Department: 'select id, name from department' };

/** Whatever is called so in a path, whichever way its name is written. A shot is looked for in the sequence that was found before it. */
const meant = async (db: Db, project: { id: string; name: string }, tag: string, text: string, found: Record<string, string>): Promise<string | null> => {
  if (tag === 'Project') return slug(project.name) === slug(text) ? project.id : null;
  const rows = KINDS[tag]
    ? await db.all<{ id: string; name: string; parent_id: string | null }>(sql`select id, name, parent_id from entity where project_id = ${project.id} and kind = ${KINDS[tag]}`)
    : TABLES[tag] ? await db.all<{ id: string; name: string; parent_id?: null }>(raw(TABLES[tag])) : [];
  const same = rows.filter((row) => slug(row.name) === slug(text));
  const inside = same.filter((row) => !row.parent_id || !['Shot', 'Scene'].includes(tag) || !found.Sequence || row.parent_id === found.Sequence);
  return inside[0]?.id ?? null;
};

const Guessed = z.object({ project_id: z.string(), file_path: z.string().max(4_000), sep: z.string().min(1).max(3).nullish() });
type Asked = z.infer<typeof Guessed> & { project: { id: string; name: string; file_tree: unknown } };

/** Tells what a path in the production's working tree may belong to: for each template that fits, the ids of what its folders name. */
const guessFromPath = spanning({
  subject: 'cmd.files.guess-from-path', schema: Guessed,
  prepare: async (c, { db }): Promise<Asked> => {
    const project = isId(c.project_id) ? await db.one<Asked['project']>(sql`select id, name, file_tree from project where id = ${c.project_id}`) : null;
    if (!project) throw new NotFound('project', c.project_id.slice(0, 60));
    return { ...c, project };
  },
  access: to.team, policy: (caller, c: Asked) => only.team(caller, c.project.id),
  handle: async (c: Asked, { db }) => {
    const answers = [];
    for (const { template, parts } of guesses(branchOf(c.project.file_tree, 'working'), c.file_path, c.sep ?? '/') as Guess[]) {
      const found: Record<string, string> = {};
      for (const { tag, text } of parts) {
        const id = await meant(db, c.project, tag, text, found);
        if (id) found[tag] = id;
      }
      answers.push({ ...found, Template: template });
    }
    return answers;
  },
});

/** File trees, and what paths in them mean. */
export const treeRoutes: Route[] = [
  route({ method: 'post', path: '/actions/projects/{project_id}/set-file-tree', summary: 'Give a production one of the file trees to start with', answers: { 200: Project }, status: 200, command: setFileTree, body: SetTree.omit({ project_id: true }) }),
  ...['/data/entities/guess-from-path', '/data/entities/guess_from_path'].map((path) => route({ method: 'post' as const, path, summary: 'Tell what a path belongs to', answers: { 200: Guesses }, status: 200, command: guessFromPath })),
];
