import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Caller } from './caller.ts';
import type { Recorded } from './event.ts';

const gzipped = promisify(gzip);
const brotlied = promisify(brotliCompress);
const WORTH_PACKING = 1_000;
const MOST_ANSWERS = 20_000;

/** The bytes of an answer, with their packed forms once somebody asked for them. */
export class Rendition {
  readonly bytes: Buffer;
  readonly etag: string;
  #gzip: Promise<Buffer> | null = null;
  #brotli: Promise<Buffer> | null = null;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.etag = `"${createHash('sha1').update(bytes).digest('base64url')}"`;
  }

  /** The bytes in the best coding that the client takes. Brotli at a low level: as fast as gzip, and smaller. */
  async coded(accepts: string): Promise<{ body: Buffer; coding: string | null }> {
    if (this.bytes.length < WORTH_PACKING) return { body: this.bytes, coding: null };
    if (/\bbr\b/.test(accepts)) {
      this.#brotli ??= brotlied(this.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
      return { body: await this.#brotli, coding: 'br' };
    }
    if (/\bgzip\b/.test(accepts)) {
      this.#gzip ??= gzipped(this.bytes, { level: 5 });
      return { body: await this.#gzip, coding: 'gzip' };
    }
    return { body: this.bytes, coding: null };
  }
}

type Kept = { on: string[]; versions: number[]; per: 'anyone' | 'role' | 'person'; variants: Map<string, Rendition> };

export type AnswerCache = {
  /** Kept bytes for this caller, when nothing that they depend on has changed and the caller may see them. */
  find(url: string, caller: Caller): Rendition | null;
  /** A mark of now, to be taken before the read model is asked. */
  mark(): number;
  keep(url: string, caller: Caller, on: string[], per: Kept['per'], mark: number, rendition: Rendition): void;
  /** What the log told: exactly these answers are dropped. */
  changed(events: Recorded[]): void;
  /** The same, told by another replica: ids of productions, '*' for anything. */
  changedTags(tags: string[]): void;
};

const variant = (caller: Caller, { on, per }: Pick<Kept, 'on' | 'per'>): string =>
  per === 'person' ? `person ${caller.id}` : per === 'role' ? `role ${caller.role} ${on.map((p) => (p === 'studio' || p === '*' ? '' : caller.roleIn(p))).join(' ')}` : '';

const isProduction = (tag: string) => tag !== 'studio' && tag !== '*';

/**
 * Answers as bytes, kept until the projector hears of a change. Tags are ids of productions, 'studio' (what belongs to no
 * production) and '*' (anything at all). A production's answers also depend on the studio: names of task types, persons.
 */
export const openCache = (maxBytes = 256 * 1024 * 1024): AnswerCache => {
  const answers = new Map<string, Kept>();
  const versions = new Map<string, number>();
  let clock = 1;
  let bytes = 0;
  const version = (tag: string) => versions.get(tag) ?? 0;
  const bump = (tag: string) => void versions.set(tag, ++clock);
  const drop = (url: string) => {
    for (const r of answers.get(url)?.variants.values() ?? []) bytes -= r.bytes.length;
    answers.delete(url);
  };
  const fresh = (kept: Kept) => kept.on.every((tag, i) => kept.versions[i]! >= version(tag));
  return {
    find(url, caller) {
      const kept = answers.get(url);
      if (!kept) return null;
      if (!fresh(kept)) {
        drop(url);
        return null;
      }
      if (!kept.on.every((tag) => !isProduction(tag) || caller.isIn(tag))) return null;
      return kept.variants.get(variant(caller, kept)) ?? null;
    },
    mark: () => clock,
    keep(url, caller, on, per, mark, rendition) {
      const tags = on.includes('*') ? ['*'] : [...new Set([...on, 'studio'])];
      // Something changed while the answer was made: it may hold the old or the new, so it is not kept.
      if (tags.some((tag) => version(tag) > mark) || rendition.bytes.length > maxBytes / 8) return;
      let kept = answers.get(url);
      if (!kept || !fresh(kept) || kept.per !== per) {
        drop(url);
        kept = { on: tags, versions: tags.map(() => mark), per, variants: new Map() };
        answers.set(url, kept);
      }
      const key = variant(caller, kept);
      bytes += rendition.bytes.length - (kept.variants.get(key)?.bytes.length ?? 0);
      kept.variants.set(key, rendition);
      while (bytes > maxBytes || answers.size > MOST_ANSWERS) drop(answers.keys().next().value!);
    },
    changed(events) {
      for (const event of events) bump(event.metadata.project_id ?? 'studio');
      if (events.length > 0) bump('*');
    },
    changedTags(tags) {
      if (tags.includes('*')) {
        answers.clear();
        bytes = 0;
        clock += 1;
        for (const tag of versions.keys()) versions.set(tag, clock);
      }
      for (const tag of tags) bump(tag);
      bump('*');
    },
  };
};
