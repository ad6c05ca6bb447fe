/** Longest name without its extension: file systems take 255 bytes, and letters outside of ASCII take several. */
const LONGEST = 80;

/**
 * The parts of a file's name joined by underscores, in lower case, with nothing but letters and digits, so that no part is a path or
 * something special to a shell or a file system: `['My Film', 'SQ01', 'SH 010']` gives `my_film_sq01_sh_010`.
 */
export const fileName = (parts: readonly (string | null | undefined)[]): string => {
  const plain = parts.filter(Boolean).join('_').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').normalize('NFC').toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');
  return [...plain].slice(0, LONGEST).join('').replace(/_+$/, '') || 'file';
};

/** Names in the order they are asked for, each made unique by a number: `a.mp4`, `a_2.mp4`. */
export const uniqueNames = (): ((name: string, extension: string) => string) => {
  const taken = new Set<string>();
  return (name, extension) => {
    for (let n = 1; ; n++) {
      const candidate = `${name}${n === 1 ? '' : `_${n}`}.${extension}`;
      if (taken.has(candidate)) continue;
      taken.add(candidate);
      return candidate;
    }
  };
};
