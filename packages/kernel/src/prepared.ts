import { parameters, type Statement } from './sql.ts';

/** A statement as `pg` takes it. */
export type Query = string | { name: string; text: string; values: string[] };

/** How often a text is met before the server keeps a plan of it, in each connection that asks it. */
const OFTEN = 20;
/** Plans kept at most, and texts remembered at most. */
const PLANS = 150;
const TEXTS = 600;

/**
 * Texts that are asked again and again, which the server then plans once: planning takes most of the time of a look-up by id. Only texts
 * become parameters, since an untyped literal and an untyped parameter mean the same; numbers stay in the statement.
 */
export class Prepared {
  readonly #met = new Map<string, number>();
  readonly #names = new Map<string, string>();
  readonly #never = new Set<string>();
  #made = 0;

  /** What to send for a statement; null for one that is to be sent with its values written in. */
  query(statement: Statement): Exclude<Query, string> | null {
    const { text, values } = parameters(statement);
    const name = this.#names.get(text);
    if (name !== undefined) return { name, text, values };
    if (this.#made >= PLANS || this.#never.has(text)) return null;
    const times = (this.#met.get(text) ?? 0) + 1;
    this.#met.delete(text);
    if (times < OFTEN) {
      this.#met.set(text, times);
      if (this.#met.size > TEXTS) this.#met.delete(this.#met.keys().next().value!);
      return null;
    }
    // A name is never given again: connections know what it stood for.
    const made = `s${this.#made++}`;
    this.#names.set(text, made);
    return { name: made, text, values };
  }

  /** A text that the server does not take with parameters: their kind cannot be told, or the shape of the answer changed. */
  forget({ text }: { text: string }): void {
    this.#never.add(text);
    this.#names.delete(text);
  }
}

/** Whether an error says that a statement cannot be prepared as it is. */
export const isUnpreparable = (error: any): boolean => /^(42...|0A000|26000)$/.test(String(error?.code));
