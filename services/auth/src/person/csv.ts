import busboy from 'busboy';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { DomainError, flag, Invalid, list, media, OneFile, raw, Rendered, Reply, route, sql, textArray, to, type QueryContext, type Route } from '@shotlog/kernel';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { createPerson } from './create-person.ts';
import { personShape } from './person.table.ts';
import { PersonBody } from './fields.ts';
import { changePerson } from './update-person.ts';
import { Person } from './person.answers.ts';
import { z } from 'zod';

const MAX_BYTES = 10 * 1024 * 1024;

/** @throws Invalid for a form without its boundary, or with anything else wrong in its head. */
const formOf = (headers: Headers) => {
  try {
    return busboy({ headers: Object.fromEntries(headers.entries()), limits: { files: 1, fileSize: MAX_BYTES } });
  } catch {
    throw new Invalid('The form is broken.');
  }
};

/** The CSV file of a form. @throws Invalid without one, 413 for one over 10 MiB. */
const csvOf = async ({ request }: QueryContext): Promise<string> => {
  if (!request.stream || !(request.headers.get('content-type') ?? '').includes('multipart/form-data')) throw new Invalid('A form with the CSV file in its field "file" is needed.');
  const form = formOf(request.headers);
  let content: Buffer[] | null = null;
  let cut = false;
  form.on('file', (_name, file) => {
    const chunks: Buffer[] = [];
    content = chunks;
    file.on('data', (chunk: Buffer) => chunks.push(chunk));
    // A form that is cut off ends the file with an error too; the form's own says so.
    file.on('error', () => {});
    file.on('limit', () => { cut = true; });
  });
  await pipeline(Readable.fromWeb(request.stream as NodeStream), form).catch(() => { throw new Invalid('The form is broken.'); });
  if (cut) throw new DomainError('Invalid', 'The file is larger than 10 MiB.', { status: 413 });
  if (content === null) throw new Invalid('A form with the CSV file in its field "file" is needed.');
  return Buffer.concat(content).toString('utf8');
};

type Row = Record<string, string>;
/** Rows by column; comma or semicolon, whichever the first line has more of. @throws Invalid for what is no table. */
const rowsOf = (text: string): Row[] => {
  const first = text.split('\n', 1)[0] ?? '';
  const delimiter = first.split(';').length > first.split(',').length ? ';' : ',';
  try {
    return parse(text, { columns: true, delimiter, bom: true, skip_empty_lines: true, trim: true, relax_column_count: true });
  } catch (error) {
    throw new Invalid(`The file is no CSV table: ${(error as Error).message}`);
  }
};

const ROLES: Record<string, string> = { admin: 'admin', 'studio manager': 'admin', manager: 'manager', 'production manager': 'manager', supervisor: 'supervisor', user: 'user', artist: 'user', client: 'client', vendor: 'vendor' };
const TEXTS: Record<string, string> = { 'First Name': 'first_name', 'Last Name': 'last_name', Email: 'email', Phone: 'phone', Country: 'country', 'Contract Type': 'contract_type', Position: 'position', Seniority: 'seniority' };
const NEEDED = ['First Name', 'Last Name', 'Email'];

const problem = (line_number: number, message: string) => new Invalid(message, { extra: { line_number, imported_rows: 0 } });

/** The fields that one line says; empty cells say nothing. */
const valuesOf = (row: Row, line: number, names: { departments: Map<string, string>; studios: Map<string, string> }): Record<string, any> => {
  for (const column of NEEDED) if (row[column] === undefined) throw problem(line, `The column "${column}" is missing.`);
  const values: Record<string, any> = {};
  for (const [column, name] of Object.entries(TEXTS)) if (row[column]) values[name] = row[column];
  const known = (column: string, text: string, map: Map<string, string> | Record<string, string>) => {
    const found = map instanceof Map ? map.get(text.toLowerCase()) : map[text.toLowerCase()];
    if (found === undefined) throw problem(line, `${column}: there is no "${text.slice(0, 80)}".`);
    return found;
  };
  if (row.Role) values.role = known('Role', row.Role, ROLES);
  if (row.Departments) values.departments = row.Departments.split(',').map((d) => d.trim()).filter(Boolean).map((d) => known('Departments', d, names.departments));
  if (row.Studio) values.studio_id = known('Studio', row.Studio, names.studios);
  if (row['Daily Salary']) values.daily_salary = row['Daily Salary'];
  if (row.Active) values.active = ['yes', 'true', '1', 'x'].includes(row.Active.toLowerCase());
  const parsed = PersonBody.safeParse(values);
  if (!parsed.success) throw problem(line, parsed.error.issues[0]!.message);
  return Object.fromEntries(Object.entries(parsed.data).filter(([, v]) => v !== undefined && v !== null));
};

const byName = async (c: QueryContext, table: 'department' | 'studio') =>
  new Map((await c.db.all<{ id: string; name: string }>(sql`select id, lower(name) as name from ${raw(table)}`)).map((r) => [r.name, r.id]));

/**
 * `POST /import/csv/persons`: a line a person, told by e-mail. Those who are there are left alone, or with `update=true` changed. Every line is
 * read before the first is written.
 */
const importPersons = async (c: QueryContext): Promise<Rendered> => {
  const update = flag(c.request.search, 'update');
  const names = { departments: await byName(c, 'department'), studios: await byName(c, 'studio') };
  const wanted = rowsOf(await csvOf(c)).map((row, i) => valuesOf(row, i + 2, names));
  const emails = wanted.map((v) => String(v.email ?? '').toLowerCase()).filter(Boolean);
  const there = new Map((await c.db.all<{ id: string; email: string }>(sql`select id, lower(email) as email from person where lower(email) = any(${textArray(emails)}::text[])`)).map((r) => [r.email, r.id]));
  const touched: string[] = [];
  for (const [i, values] of wanted.entries()) {
    const id = values.email ? there.get(values.email.toLowerCase()) : undefined;
    try {
      if (id === undefined) {
        const made = await c.run(createPerson, values, `row ${i}`) as { id: string };
        touched.push(made.id);
        if (values.email) there.set(values.email.toLowerCase(), made.id);
      } else if (update) {
        const { email: _, ...changes } = values;
        await changePerson(c, id, changes, `row ${i}`);
        touched.push(id);
      }
    } catch (error) {
      if (error instanceof DomainError && error.status < 500) throw new Invalid(error.message, { extra: { line_number: i + 2, imported_rows: touched.length } });
      throw error;
    }
  }
  await c.settled();
  return list({ shape: personShape, db: c.db, caller: c.caller, request: { ...c.request, search: new URLSearchParams() }, scope: sql`t.id = any(${textArray(touched)}::uuid[])` });
};

const HEADER = ['First Name', 'Last Name', 'Email', 'Phone', 'Role', 'Departments', 'Studio', 'Country', 'Contract Type', 'Position', 'Seniority', 'Daily Salary', 'Active'];
const exportPersons = async (c: QueryContext): Promise<Reply> => {
  const rows = await c.db.all<{ line: string[] }>(sql`select array[t.first_name, t.last_name, t.email, t.phone, t.role, (select string_agg(d.name, ',' order by d.name) from department d where d.id = any(t.departments)),
    (select s.name from studio s where s.id = t.studio_id), t.country, t.contract_type, t.position, t.seniority, t.daily_salary::text, case when t.active then 'yes' else 'no' end] as line
    from person t where not coalesce(t.is_bot, false) and not coalesce(t.is_guest, false) order by t.first_name, t.last_name, t.log_position`);
  const csv = stringify([HEADER, ...rows.map((r) => r.line)], { delimiter: ';', escape_formulas: false });
  return new Reply(200, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': 'attachment; filename="persons.csv"' }, csv);
};

export const personCsvRoutes: Route[] = [
  route({ method: 'post', path: '/import/csv/persons', summary: 'Create or update persons by a CSV file', upload: OneFile, answers: { 201: z.array(Person) }, query: { update: 'true: those who are there are changed' }, access: to.admins, handle: importPersons, status: 201 }),
  route({ method: 'get', path: '/export/csv/persons.csv', summary: 'All persons as CSV', answers: { 200: media('text/csv') }, access: to.managers, ask: exportPersons }),
];
