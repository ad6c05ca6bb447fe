/** `data` with the value under another key, or gone; undefined when there is none to move. */
export const moved = (data: unknown, from: string, to: string | null): Record<string, unknown> | undefined => {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, from)) return undefined;
  const { [from]: value, ...rest } = data as Record<string, unknown>;
  return to === null ? rest : { ...rest, [to]: value };
};
