import { EntitySchema } from '@mikro-orm/core';
import { columnType, f, toColumn, type Fields } from './fields.ts';
import { appended, join, nothing, raw, sql, type Statement } from './sql.ts';

/** A table of a read model, as projections write it and queries read it. */
export type Table = {
  name: string;
  fields: Fields;
  primary: readonly string[];
  /** Indexes beyond the primary key: the columns (or expressions) between the parentheses; a leading `unique ` makes it so. */
  indexes: readonly string[];
};

/** Declares a table. Its columns are exactly `fields`. */
export const table = (name: string, fields: Fields, options: { primary?: string[]; indexes?: string[] } = {}): Table =>
  ({ name, fields, primary: options.primary ?? ['id'], indexes: options.indexes ?? [] });

/** What every thing has. `log_position` is where it was created: lists stand in that order, pages newest first. */
export const common = {
  id: f.uuid({ immutable: true }),
  created_at: f.time(),
  updated_at: f.time(),
  log_position: f.integer({ hidden: true }),
} satisfies Fields;

const columns = (t: Table, row: Record<string, unknown>) => Object.keys(row).filter((name) => name in t.fields);

/** Puts a row in; a row that is there already is written over, so that a replay of an event changes nothing. */
export const insert = (t: Table, row: Record<string, unknown>): Statement => {
  const names = columns(t, row);
  const rest = names.filter((name) => !t.primary.includes(name));
  const values = join(names.map((name) => toColumn(t.fields[name]!, row[name])));
  const update = rest.length === 0 ? raw('nothing') : raw(`update set ${rest.map((n) => `"${n}" = excluded."${n}"`).join(', ')}`);
  return sql`insert into "${raw(t.name)}" (${raw(names.map((n) => `"${n}"`).join(', '))}) values (${values})
    on conflict (${raw(t.primary.map((n) => `"${n}"`).join(', '))}) do ${update}`;
};

/** Puts a row in a table that is only added to: many of a batch go in together. One that is there already stays. */
export const append = (t: Table, row: Record<string, unknown>): Statement => {
  const names = columns(t, row);
  return appended(`insert into "${t.name}" (${names.map((n) => `"${n}"`).join(', ')})`, join(names.map((name) => toColumn(t.fields[name]!, row[name]))), 'on conflict do nothing');
};

/** Sets the columns of a row by its id. Nothing to set: a statement that does nothing. */
export const update = (t: Table, id: string, changes: Record<string, unknown>): Statement => {
  const names = columns(t, changes).filter((name) => name !== 'id');
  if (names.length === 0) return nothing;
  const sets = join(names.map((name) => sql`${raw(`"${name}"`)} = ${toColumn(t.fields[name]!, changes[name])}`));
  return sql`update "${raw(t.name)}" set ${sets} where id = ${id}`;
};

/** Takes a row out by its id. */
export const remove = (t: Table, id: string): Statement => sql`delete from "${raw(t.name)}" where id = ${id}`;

/** The indexes of a table as statements; its columns are created by MikroORM's schema generator from `entityOf`. */
export const indexStatements = (t: Table): string[] =>
  t.indexes.map((index) => index.startsWith('unique ')
    ? `create unique index on "${t.name}" (${index.slice(7)})` : `create index on "${t.name}" (${index})`);

/** The table as a MikroORM entity. */
export const entityOf = (t: Table): EntitySchema => new EntitySchema({
  name: t.name,
  tableName: t.name,
  properties: Object.fromEntries(Object.entries(t.fields).map(([name, field]) => [name, {
    type: 'any', columnType: columnType(field), fieldName: name, primary: t.primary.includes(name), nullable: !t.primary.includes(name),
  }])) as any,
});
