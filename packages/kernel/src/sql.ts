const MARK = Symbol('statement');

/**
 * SQL with its values beside it. Only `sql`, `raw` and `join` make one: an object of a request that looks like one is a value. In `text`
 * a `?` is the place of a value; a question mark that is meant stands there as NUL, which no SQL holds.
 */
export type Statement = {
  readonly text: string; readonly params: readonly unknown[]; readonly [MARK]: true;
  /** Set for an insert of one row that others like it may share a statement with. */
  readonly row?: { into: string; values: Statement; tail: string };
};

const PLACE = '?';
const QUESTION_MARK = '\0';
const statement = (text: string, params: readonly unknown[]): Statement => ({ text, params, [MARK]: true });
const meant = (text: string): string => text.replaceAll('\0', '').replaceAll(PLACE, QUESTION_MARK);
const isStatement = (value: unknown): value is Statement => typeof value === 'object' && value !== null && MARK in value;

/**
 * A statement from a template: every value becomes a parameter, a nested statement is taken in as it is. A `?` of the template itself
 * needs nothing: `sql\`select id from task where data ? ${key}\`` asks jsonb for a key.
 */
export const sql = (parts: TemplateStringsArray, ...values: unknown[]): Statement => {
  let text = meant(parts[0]!);
  const params: unknown[] = [];
  values.forEach((value, i) => {
    if (isStatement(value)) {
      text += value.text;
      params.push(...value.params);
    } else {
      text += PLACE;
      params.push(value);
    }
    text += meant(parts[i + 1]!);
  });
  return statement(text, params);
};

/** SQL that comes from our own declarations (names of columns and tables), never from a caller. A `?` in it is meant. */
export const raw = (text: string): Statement => statement(meant(text), []);

/** What does nothing, where a statement is wanted. */
export const nothing = raw('select 1');

/** An insert of one row that may be put off to the end of its batch: nothing else there reads or changes it. */
export const appended = (into: string, values: Statement, tail: string): Statement =>
  ({ ...sql`${raw(into)} values (${values}) ${raw(tail)}`, row: { into, values, tail } });

/** Statements of a batch: those that do nothing left out, appended rows of one table put together at the end. */
export const gathered = (statements: Statement[]): Statement[] => {
  const rows = Map.groupBy(statements.filter((s) => s.row), (s) => `${s.row!.into} ${s.row!.tail}`);
  return [...statements.filter((s) => !s.row && s !== nothing), ...[...rows.values()].map((list) =>
    sql`${raw(list[0]!.row!.into)} values ${join(list.map((s) => sql`(${s.row!.values})`))} ${raw(list[0]!.row!.tail)}`)];
};

/** Statements joined by a separator; nothing for no statements. */
export const join = (parts: Statement[], separator = ', '): Statement =>
  statement(parts.map((p) => p.text).join(meant(separator)), parts.flatMap((p) => p.params));

/**
 * The statement as one text with its values written in: queries and batches travel in one round trip. Relies on
 * `standard_conforming_strings` (on by default), so that only quotes need doubling.
 * @throws TypeError for a value that has no SQL form (a function, NaN).
 */
export const inline = ({ text, params }: Statement): string => {
  const pieces = text.split(PLACE);
  if (pieces.length !== params.length + 1) throw new TypeError(`${pieces.length - 1} places for ${params.length} values: ${text}`);
  return pieces.reduce((all, piece, i) => all + (i === 0 ? '' : literal(params[i - 1])) + piece.replaceAll(QUESTION_MARK, PLACE), '');
};

/** The statement with `$1` … for its texts (times, arrays, JSON too) and positions, and every other value written in. */
export const parameters = ({ text, params }: Statement): { text: string; values: string[] } => {
  const pieces = text.split(PLACE);
  if (pieces.length !== params.length + 1) throw new TypeError(`${pieces.length - 1} places for ${params.length} values: ${text}`);
  const values: string[] = [];
  const place = (value: unknown): string => {
    const plain = typeof value === 'bigint' ? { text: String(value), cast: '::bigint' } : plainText(value);
    if (plain === null) return literal(value);
    values.push(plain.text);
    return `$${values.length}${plain.cast}`;
  };
  return { text: pieces.reduce((all, piece, i) => all + (i === 0 ? '' : place(params[i - 1])) + piece.replaceAll(QUESTION_MARK, PLACE), ''), values };
};

/** What stands between the quotes of a literal; null for one without. */
const plainText = (value: unknown): { text: string; cast: string } | null => {
  if (typeof value === 'string') return { text: storable(value), cast: '' };
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Date) return { text: value.toISOString().slice(0, -1), cast: '' };
  if (Array.isArray(value) && value.every((v) => typeof v === 'string')) return { text: textArray(value), cast: '' };
  return { text: jsonText(value), cast: '::jsonb' };
};

/**
 * One value as an SQL literal. Objects and arrays of objects are jsonb, times are without zone (UTC); arrays of texts are text[]
 * for the column, or a cast, to take.
 */
export const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  const plain = plainText(value);
  if (plain !== null) return `${quoted(plain.text)}${plain.cast}`;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  // A minus sign after another one would begin a comment.
  if (typeof value === 'bigint') return value < 0n ? `(${value})` : value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`no SQL for the number ${value}`);
    return value < 0 ? `(${value})` : String(value);
  }
  throw new TypeError(`no SQL for a ${typeof value}`);
};

// NUL has no place in PostgreSQL's texts; input is refused at the door, and a stored one must not stop a projector.
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The text form of a PostgreSQL array, for `uuid[]` and `text[]` columns. */
export const textArray = (values: readonly string[]): string =>
  `{${values.map((v) => `"${storable(v).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;

/** An escape of NUL or of half a character, which jsonb refuses; `\\\\u0000` is a backslash and five letters. */
const UNSTORABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Whether a value can stand in a jsonb column as it is. */
export const isStorableJson = (value: unknown): boolean => {
  try {
    return !UNSTORABLE.test(JSON.stringify(value) ?? 'null');
  } catch {
    // Nested deeper than the stack.
    return false;
  }
};

const cleaned = (value: unknown): unknown => {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, v]) => [storable(key), cleaned(v)]));
};
const jsonText = (value: unknown): string => {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(cleaned(JSON.parse(text))) : text;
};

/** A value for a jsonb column (an array of texts would otherwise be taken for a text[]). */
export const json = (value: unknown): Statement => sql`${value === undefined || value === null ? null : jsonText(value)}::jsonb`;
