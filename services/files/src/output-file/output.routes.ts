import { isId, join, NotFound, only, pathId, route, sql, to, type QueryContext, type Route, type Statement } from '@shotlog/kernel';
import { newOutputFile, nextRevision, outputFilePath, outputsOf, sourceOf } from './output.commands.ts';
import { lastRevisions, maySee, oneOutput, outputList, outputTypesOf } from './output.queries.ts';
import { outputFile } from './output-file.ts';
import { outputType } from '../output-type/output-type.ts';
import { NewOutputFile, NextRevision, OutputFile, OutputFilePath } from './output-file.answers.ts';
import { z } from 'zod';

/** What lists of outputs are narrowed by. */
const filtered = (c: QueryContext, where: Statement): Statement => {
  const given = (name: string) => c.request.search.get(name) || null;
  const ids = [['output_type_id', sql`t.output_type_id`], ['task_type_id', sql`t.task_type_id`], ['file_status_id', sql`t.file_status_id`], ['temporal_entity_id', sql`t.temporal_entity_id`]] as const;
  return join([where,
    ...ids.flatMap(([name, column]) => (given(name) ? [isId(given(name)) ? sql`${column} = ${given(name)}` : sql`false`] : [])),
    ...(given('name') ? [sql`t.name = ${given('name')}`] : []), ...(given('representation') ? [sql`t.representation = ${given('representation')}`] : []),
  ], ' and ');
};

const scopeOf = async (c: QueryContext): Promise<Statement> => {
  const source = await sourceOf(c.db, c.request.params);
  maySee(c.caller, source.thing.project_id);
  return outputsOf(source);
};

/** Vendors find what comes out of what they work on. */
const readers = to.team.but({ client: 'refused', vendor: 'filtered' });
const under = (base: string, of: string): Route[] => [
  route({ method: 'get', path: `${base}/output-files/last-revisions`, summary: `List the last revisions of the output files of ${of}`, answers: { 200: z.array(OutputFile) }, access: readers, ask: async (c) => lastRevisions(c.db, c.caller, filtered(c, await scopeOf(c))) }),
  route({ method: 'get', path: `${base}/output-types`, summary: `List the output types of ${of}`, answers: { 200: z.array(outputType.answer) }, access: readers, ask: async (c) => outputTypesOf(c.db, c.caller, await scopeOf(c)) }),
  route({
    method: 'get', path: `${base}/output-types/{output_type_id}/output-files`, summary: `List the output files of one type of ${of}`, answers: { 200: z.array(OutputFile) }, access: readers,
    ask: async (c) => {
      const scope = await scopeOf(c);
      const id = pathId(c.request, 'output_type_id');
      if (!(await c.db.one(sql`select 1 from output_type where id = ${id}`))) throw new NotFound('output type', id);
      return outputList(c.db, c.caller, filtered(c, sql`${scope} and t.output_type_id = ${id}`));
    },
  }),
  route({ method: 'post', path: `${base}/output-file-path`, summary: `Tell where an output file of ${of} goes`, answers: { 200: OutputFilePath }, status: 200, command: outputFilePath }),
  route({ method: 'post', path: `${base}/output-files/new`, summary: `Write down a new output file of ${of}`, answers: { 201: NewOutputFile }, status: 201, command: newOutputFile }),
  route({ method: 'post', path: `${base}/output-files/next-revision`, summary: `Tell the next revision of an output file of ${of}`, answers: { 200: NextRevision }, status: 200, command: nextRevision }),
];

/** Output files of entities and of asset instances. */
export const outputRoutes: Route[] = [
  outputFile.route.list, outputFile.route.create, outputFile.route.update, outputFile.route.remove,
  route({ method: 'get', path: '/data/output-files/{instance_id}', summary: 'Get one output file', answers: { 200: OutputFile }, access: readers, ask: (c) => oneOutput(c, pathId(c.request, 'instance_id', 400)) }),
  route({ method: 'get', path: '/data/entities/{entity_id}/output-files', summary: 'List the output files of an entity', answers: { 200: z.array(OutputFile) }, access: readers, ask: async (c) => outputList(c.db, c.caller, filtered(c, await scopeOf(c))) }),
  ...under('/data/entities/{entity_id}', 'an entity'),
  ...under('/data/asset-instances/{asset_instance_id}/entities/{temporal_entity_id}', 'an asset instance'),
  route({
    method: 'get', path: '/data/asset-instances/{asset_instance_id}/output-files', summary: 'List the output files of an asset instance, wherever it stands', answers: { 200: z.array(OutputFile) }, access: readers,
    ask: async (c) => {
      const id = pathId(c.request, 'asset_instance_id');
      const instance = await c.db.one<{ project_id: string }>(sql`select e.project_id from asset_instance i join entity e on e.id = i.asset_id where i.id = ${id}`);
      if (!instance) throw new NotFound('asset instance', id);
      maySee(c.caller, instance.project_id);
      return outputList(c.db, c.caller, filtered(c, sql`t.asset_instance_id = ${id}`));
    },
  }),
  route({
    method: 'get', path: '/data/projects/{project_id}/output-files', summary: 'List the output files of a production', answers: { 200: z.array(OutputFile) }, access: to.teamManagers,
    ask: async (c) => {
      const id = pathId(c.request, 'project_id');
      if (!(await c.db.one(sql`select 1 from project where id = ${id}`))) throw new NotFound('project', id);
      only.teamManager(c.caller, id);
      return outputList(c.db, c.caller, filtered(c, sql`t.project_id = ${id}`));
    },
  }),
];
