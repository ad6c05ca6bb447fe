import { isId, NotFound } from '@shotlog/kernel';

/** The id in lower case, before it becomes part of a key. @throws NotFound (404) for anything else. */
export const checkId = (id: string): string => {
  if (!isId(id)) throw new NotFound('file');
  return id.toLowerCase();
};
