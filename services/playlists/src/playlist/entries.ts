import { Invalid, isId } from '@shotlog/kernel';
import type { Entry } from './playlist.state.ts';

/** More than anybody reviews in a sitting, and few enough for one event. */
const MOST = 5_000;

const idOf = (value: unknown, name: string): string | null => {
  if (value === null || value === undefined || value === '') return null;
  if (!isId(value)) throw new Invalid(`${name} of an entry must be an id.`);
  return value.toLowerCase();
};

const objects = (given: unknown): Record<string, unknown>[] => {
  if (given === null || given === undefined) return [];
  if (!Array.isArray(given) || given.some((e) => typeof e !== 'object' || e === null || Array.isArray(e))) throw new Invalid('shots must be a list of objects with entity_id and preview_file_id.');
  if (given.length > MOST) throw new Invalid(`A playlist holds at most ${MOST} entries.`);
  return given;
};

/** The entries of a new playlist, with whatever else the client keeps in them. @throws Invalid (400) for anything but a list of entries. */
export const checkedEntries = (given: unknown): Entry[] =>
  objects(given).map((entry) => {
    const ids = Object.fromEntries(['entity_id', 'id', 'preview_file_id'].filter((name) => name in entry).map((name) => [name, idOf(entry[name], name)]));
    return { ...entry, ...ids } as Entry;
  });

/** The entries of an update: clients send back what they were shown, of which entity and preview file stay. Entries without an entity are dropped. */
export const plainEntries = (given: unknown): Entry[] =>
  objects(given).flatMap((entry) => {
    const entity_id = idOf(entry.entity_id ?? entry.id, 'entity_id');
    return entity_id === null ? [] : [{ entity_id, preview_file_id: idOf(entry.preview_file_id, 'preview_file_id') }];
  });
