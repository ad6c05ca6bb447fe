import { z } from 'zod';
import { Invalid } from './errors.ts';
import { isId } from './ids.ts';
import { isStorableJson, json, sql, textArray, type Statement } from './sql.ts';

export type FieldKind = 'uuid' | 'string' | 'text' | 'integer' | 'float' | 'boolean' | 'json' | 'date' | 'time' | 'uuids' | 'strings';

/** One column of a resource: how it is stored, checked, filtered and shown. */
export type Field = {
  kind: FieldKind;
  /** Of floats: no fraction; for numbers that an integer's 32 bits do not hold (sizes in bytes). */
  whole?: boolean;
  /** Longest text, in characters. */
  max?: number;
  /** Refused with 400 when absent at creation. */
  required?: boolean;
  /** What an absent value becomes at creation; null otherwise. */
  default?: unknown;
  /** Only these texts. */
  choices?: readonly string[];
  /** Never shown, filtered or sorted by (secrets and what only we need). */
  hidden?: boolean;
  /** Shown and filtered only for admins and managers. */
  restricted?: boolean;
  /** Set at creation and never by an update. */
  immutable?: boolean;
  /** A list of ids that the API shows only with `relations` (always for a single thing). */
  relation?: boolean;
  /** Equality filters ignore case. */
  ignoreCase?: boolean;
};

type Options = Omit<Field, 'kind' | 'max'>;
const make = (kind: FieldKind) => (options: Options = {}): Field => ({ kind, ...options });

/** The kinds of fields, as declarations write them: `f.string(80, { required: true })`. */
export const f = {
  uuid: make('uuid'),
  string: (max: number, options: Options = {}): Field => ({ kind: 'string', max, ...options }),
  text: make('text'), integer: make('integer'), float: make('float'), boolean: make('boolean'), json: make('json'),
  date: make('date'), time: make('time'), uuids: make('uuids'), strings: make('strings'),
};

export type Fields = Record<string, Field>;

const COLUMN: Record<FieldKind, string> = {
  uuid: 'uuid', string: 'text', text: 'text', integer: 'bigint', float: 'double precision', boolean: 'boolean', json: 'jsonb',
  date: 'date', time: 'timestamp(0)', uuids: 'uuid[]', strings: 'text[]',
};
/** The PostgreSQL type of a field's column. */
export const columnType = (field: Field): string => COLUMN[field.kind];

/** A field's value as a parameter of a statement. */
export const toColumn = (field: Field, value: unknown): Statement => {
  if (value === null || value === undefined) return sql`${null}`;
  switch (field.kind) {
    case 'json': return json(value);
    case 'uuids': return sql`${textArray(value as string[])}::uuid[]`;
    case 'strings': return sql`${textArray(value as string[])}::text[]`;
    default: return sql`${value}`;
  }
};

/** Whether a text is a day that exists, as YYYY-MM-DD. */
export const isDate = (text: string): boolean => {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
};

const asDate = (value: string): string | undefined => {
  const day = value.slice(0, 10);
  return isDate(day) && (value.length === 10 || !Number.isNaN(Date.parse(value.replace(' ', 'T')))) ? day : undefined;
};

const asTime = (value: string): string | undefined => {
  if (isDate(value)) return `${value}T00:00:00`;
  const text = value.replace(' ', 'T');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/.test(text)) return undefined;
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`;
  const time = new Date(zoned);
  // Date.parse takes 30 February for 1 March, and a zone may lead out of the years that have four digits.
  if (!isDate(text.slice(0, 10)) || Number.isNaN(time.getTime())) return undefined;
  const found = time.toISOString().slice(0, 19);
  return /^\d{4}-/.test(found) ? found : undefined;
};

/** NUL has no place in PostgreSQL's texts, half a character none in UTF-8. */
const isText = (v: string): boolean => !v.includes('\0') && v.isWellFormed();
const text = (name: string, max?: number) => {
  const schema = z.string({ error: `${name} must be a text.` }).refine(isText, { error: `${name} holds a NUL character or half a character.` });
  return max === undefined ? schema : schema.refine((v) => [...v].length <= max, { error: `${name} is longer than ${max} characters.` });
};

const checked = (name: string, what: string, convert: (value: unknown) => unknown) =>
  z.unknown().transform((value, context) => {
    const found = convert(value);
    if (found === undefined) context.addIssue({ code: 'custom', message: `${name} must be ${what}.` });
    return found as any;
  });

/** What a request may say, so that sums of it, which facts say, stay within the range of doubles. */
const LARGEST = 1e15;
const number = (name: string, whole: boolean, largest: number) => checked(name, whole ? 'a whole number' : 'a number', (value) => {
  const n = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : value;
  if (typeof n !== 'number' || !Number.isFinite(n)) return undefined;
  if (whole && !Number.isInteger(n)) return undefined;
  return Math.abs(n) > largest ? undefined : n;
});

const schemaOfKind = (name: string, field: Field, largest = LARGEST): z.ZodType => {
  switch (field.kind) {
    case 'uuid': return checked(name, 'an id', (v) => (isId(v) ? v.toLowerCase() : undefined));
    case 'string': return field.choices
      ? checked(name, `one of ${field.choices.join(', ')}`, (v) => (field.choices!.includes(v as string) ? v : undefined))
      : text(name, field.max);
    case 'text': return text(name);
    case 'integer': return number(name, true, 2_147_483_647);
    case 'float': return number(name, field.whole ?? false, largest);
    case 'boolean': return checked(name, 'true or false', (v) => BOOLEANS.get(v));
    case 'json': return checked(name, 'JSON without NUL and half characters', (v) => (isStorableJson(v) ? v : undefined));
    case 'date': return checked(name, 'a day, YYYY-MM-DD', (v) => (typeof v === 'string' ? asDate(v) : undefined));
    case 'time': return checked(name, 'a time, YYYY-MM-DDTHH:MM:SS', (v) => (typeof v === 'string' ? asTime(v) : undefined));
    case 'uuids': return checked(name, 'a list of ids', (v) =>
      Array.isArray(v) && v.every(isId) ? [...new Set(v.map((id: string) => id.toLowerCase()))] : undefined);
    case 'strings': return checked(name, 'a list of texts', (v) =>
      Array.isArray(v) && v.every((s) => typeof s === 'string' && isText(s)) ? v : undefined);
  }
};
const BOOLEANS = new Map<unknown, boolean>([[true, true], [false, false], ['true', true], ['false', false], ['True', true], ['False', false], [1, true], [0, false]]);

/** The schema of one field of a request's body. Null (and an empty text where no text is meant) is no value. */
export const fieldSchema = (name: string, field: Field): z.ZodType => {
  const emptyIsNull = field.kind !== 'string' && field.kind !== 'text' && field.kind !== 'json';
  return z.preprocess((v) => (emptyIsNull && v === '' ? null : v), schemaOfKind(name, field).nullable()).optional();
};

const INTEGER = { minimum: -2_147_483_647, maximum: 2_147_483_647 };
/** What a request may send for a field, as JSON schema: its check is a function, which tells a reader nothing. */
export const bodyDoc = (field: Field): Record<string, unknown> => {
  const of = (type: string, more: object = {}) => ({ type: field.required ? type : [type, 'null'], ...more });
  switch (field.kind) {
    case 'uuid': return of('string', { format: 'uuid' });
    case 'string': return field.choices ? { enum: field.required ? field.choices : [...field.choices, null] } : of('string', { maxLength: field.max });
    case 'text': return of('string');
    case 'integer': return of('integer', INTEGER);
    case 'float': return of(field.whole ? 'integer' : 'number', { minimum: -LARGEST, maximum: LARGEST });
    case 'boolean': return of('boolean');
    case 'json': return {};
    case 'date': return of('string', { format: 'date' });
    case 'time': return of('string', { format: 'date-time' });
    case 'uuids': return of('array', { items: { type: 'string', format: 'uuid' } });
    case 'strings': return of('array', { items: { type: 'string' } });
  }
};

/** The schema of a body of these fields: unknown keys are dropped, as clients that send back what they read expect. */
export const bodySchema = (fields: Fields): z.ZodObject =>
  z.object(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(name, field).meta({ instead: bodyDoc(field) })])));

/** The same for something new, as the document shows it: with what is needed named. `given` are fields that come from elsewhere. */
export const newBodySchema = (fields: Fields, given: readonly string[] = []): z.ZodObject => {
  const needed = Object.entries(fields).filter(([name, field]) => field.required && field.default === undefined && !given.includes(name)).map(([name]) => name);
  return needed.length === 0 ? bodySchema(fields) : bodySchema(fields).meta({ required: needed });
};

/**
 * The schema of one field in an event: texts of any length and choice, since what was once accepted must stay readable. An empty text is
 * no value here but where a text is meant: it would be no value of its column either.
 */
export const factField = (name: string, field: Field): z.ZodType => schemaOfKind(name, { ...field, max: undefined, choices: undefined }, Number.MAX_VALUE).nullable().optional();

/** The schema of what an event says of these fields: any of them. */
export const factSchema = (fields: Fields) => z.object(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, factField(name, field)])));

/** Times are answered in UTC, without a zone. */
const TIME_ANSWER = '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?$';

/** The schema of a field in answers. */
export const answerSchema = (field: Field): z.ZodType => {
  switch (field.kind) {
    case 'uuid': return z.guid().nullable();
    case 'integer': return z.int().nullable();
    case 'date': return z.string().meta({ format: 'date' }).nullable();
    case 'time': return z.string().meta({ pattern: TIME_ANSWER }).nullable();
    case 'float': return field.whole ? z.int().nullable() : z.number().nullable();
    case 'boolean': return z.boolean().nullable();
    case 'json': return z.any();
    case 'uuids': return z.array(z.guid()).nullable();
    case 'strings': return z.array(z.string()).nullable();
    default: return z.string().nullable();
  }
};

/** What a filter on a field may be, as JSON schema. */
export const filterDoc = (field: Field): Record<string, unknown> =>
  bodyDoc({ ...field, kind: field.kind === 'uuids' ? 'uuid' : field.kind === 'strings' ? 'text' : field.kind, required: true, choices: undefined, max: undefined });

/**
 * An equality filter from a query string, as SQL.
 * @throws Invalid (400) when the text is no value of the field's kind.
 */
export const filterSql = (column: Statement, name: string, field: Field, value: string): Statement => {
  if (value === 'null' || value === 'None' || (value === '' && field.kind !== 'string' && field.kind !== 'text')) return sql`${column} is null`;
  if (field.kind === 'json') throw new Invalid(`${name} cannot be filtered on.`);
  const element: Field = field.kind === 'uuids' ? { kind: 'uuid' } : field.kind === 'strings' ? { kind: 'text' } : { ...field, max: undefined, choices: undefined };
  const parsed = fieldSchema(name, element).safeParse(value);
  if (!parsed.success) throw new Invalid(parsed.error.issues[0]!.message);
  const param = toColumn(element, parsed.data);
  if (field.kind === 'uuids') return sql`${param}::uuid = any(${column})`;
  if (field.kind === 'strings') return sql`${param}::text = any(${column})`;
  if (field.ignoreCase) return sql`lower(${column}) = lower(${param})`;
  return sql`${column} = ${param}`;
};
