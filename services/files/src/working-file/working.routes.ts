import { allow, Invalid, join, media, OneFile, only, pathId, route, sql, to, wantsRelations, type Route, type Statement } from '@shotlog/kernel';
import { sniff } from '@shotlog/media/sniff';
import { taskRow } from '../preview-file/preview-file.queries.ts';
import { thingOf } from '../file-tree/facts.ts';
import { workingFileKey } from '../storage/keys.ts';
import type { FileResources } from '../storage/open.ts';
import { serveObject } from '../storage/serve-object.ts';
import { plainName, receiveOne } from '../upload/receive.ts';
import { commentWorkingFile, mayWork, newWorkingFile, touchWorkingFile, workingFilePath, workingJson, workingList, workingRow } from './working.commands.ts';
import { workingFile } from './working-file.ts';
import { oneOutput } from '../output-file/output.queries.ts';
import { LatestWorkingFiles, OutputFile, WorkingFile, WorkingFilePath } from '../output-file/output-file.answers.ts';
import { z } from 'zod';

/** The extension that the file's software gives to its files. */
const fileName = (row: { name: string | null; revision?: number; file_extension?: string | null }): string => plainName(`${row.name ?? 'file'}${row.file_extension ? `.${row.file_extension}` : ''}`);

/** Working files of tasks and entities, and the files themselves. */
export const workingRoutes: Route[] = [
  workingFile.route.list, workingFile.route.create, workingFile.route.update, workingFile.route.remove,
  route({
    method: 'get', path: '/data/working-files/{instance_id}', summary: 'Get one working file', answers: { 200: WorkingFile }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const row = await workingRow(c.db, pathId(c.request, 'instance_id', 400));
      mayWork(c.caller, row);
      return workingJson(c, row.id, wantsRelations(c.request));
    },
  }),
  route({
    method: 'get', path: '/data/files/{file_id}', summary: 'Get a working file or an output file, whichever has the id', answers: { 200: z.union([WorkingFile, OutputFile]) }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const id = pathId(c.request, 'file_id');
      if (await c.db.one(sql`select 1 from output_file where id = ${id}`)) return oneOutput(c, id);
      mayWork(c.caller, await workingRow(c.db, id));
      return workingJson(c, id, true);
    },
  }),
  route({
    method: 'get', path: '/data/tasks/{task_id}/working-files', summary: "List a task's working files, newest revision first", answers: { 200: z.array(WorkingFile) }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const task = await taskRow(c.db, c.request.params.task_id ?? '');
      mayWork(c.caller, task);
      return workingList(c.db, sql`t.task_id = ${task.id}`);
    },
  }),
  route({
    method: 'get', path: '/data/tasks/{task_id}/working-files/last-revisions', summary: "Get the last revision of each of a task's working files, by name", answers: { 200: LatestWorkingFiles }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const task = await taskRow(c.db, c.request.params.task_id ?? '');
      mayWork(c.caller, task);
      const all: { name: string }[] = JSON.parse((await workingList(c.db, sql`t.task_id = ${task.id}`)).text);
      return Object.fromEntries(all.reverse().map((file) => [file.name, file]));
    },
  }),
  route({
    method: 'get', path: '/data/entities/{entity_id}/working-files', summary: "List an entity's working files", answers: { 200: z.array(WorkingFile) }, query: { task_id: 'of one task', name: 'of one name' }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const entity = await thingOf(c.db, c.request.params.entity_id ?? '');
      only.team(c.caller, entity.project_id);
      const role = c.caller.roleIn(entity.project_id);
      allow(role !== 'client');
      const where: Statement[] = [sql`t.entity_id = ${entity.id}`];
      const [task_id, name] = [c.request.search.get('task_id'), c.request.search.get('name')];
      if (task_id) where.push(sql`t.task_id = ${task_id}`);
      if (name) where.push(sql`t.name = ${name}`);
      if (role === 'vendor') where.push(sql`exists (select 1 from task k where k.id = t.task_id and ${c.caller.id}::uuid = any(k.assignees))`);
      return workingList(c.db, join(where, ' and '));
    },
  }),
  route({ method: 'post', path: '/data/tasks/{task_id}/working-file-path', summary: "Tell where a task's working file goes", answers: { 200: WorkingFilePath }, status: 200, command: workingFilePath }),
  route({ method: 'post', path: '/data/tasks/{task_id}/working-files/new', summary: 'Write down a new working file', answers: { 201: WorkingFile }, status: 201, command: newWorkingFile }),
  route({ method: 'put', path: '/actions/working-files/{working_file_id}/comment', summary: 'Say what was changed in a working file', answers: { 200: WorkingFile }, status: 200, command: commentWorkingFile }),
  route({ method: 'put', path: '/actions/working-files/{working_file_id}/modified', summary: 'Say that a working file was changed', answers: { 200: WorkingFile }, status: 200, command: touchWorkingFile, input: (r) => r.params }),
  route({
    method: 'get', path: '/data/working-files/{working_file_id}/file', summary: 'Get the file itself', description: '404 when none was sent.', answers: { 200: media('*/*'), 206: media('*/*') }, access: to.teamStaff.but({ vendor: 'filtered' }),
    ask: async (c) => {
      const row = await workingRow(c.db, pathId(c.request, 'working_file_id'));
      mayWork(c.caller, row);
      const software = await c.db.one(sql`select s.file_extension from working_file w join software s on s.id = w.software_id where w.id = ${row.id}`);
      return serveObject(c.resource<FileResources['storage']>('storage'), workingFileKey(row.id), c.request, { name: fileName({ ...row, ...software }), changes: true });
    },
  }),
  route({
    method: 'post', path: '/data/working-files/{working_file_id}/file', summary: 'Send the file itself', upload: OneFile, answers: { 201: WorkingFile }, status: 201, access: to.teamStaff.but({ vendor: 'filtered' }),
    handle: async (c) => {
      const row = await workingRow(c.db, pathId(c.request, 'working_file_id'));
      mayWork(c.caller, row);
      const { UPLOAD_MAX_BYTES } = c.resource<FileResources['limits']>('limits');
      await receiveOne(c.request, async (file) => {
        if (sniff(file.firstBytes)?.kind === 'program') throw new Invalid('A working file is no program.');
        await c.resource<FileResources['storage']>('storage').put(workingFileKey(row.id), file.body, { contentType: 'application/octet-stream' });
      }, { maxBytes: UPLOAD_MAX_BYTES });
      return workingJson(c, row.id, true);
    },
  }),
];
