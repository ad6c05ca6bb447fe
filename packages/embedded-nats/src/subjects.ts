/**
 * A subject that may be subscribed to: tokens between dots, none empty, `*` for any one token, `>` at the end for one
 * or more. Both count as wildcards only when they are the whole token.
 */
export const isValidPattern = (pattern: string): boolean => {
  const tokens = pattern.split('.');
  return tokens.every((token, index) => token !== '' && (token !== '>' || index === tokens.length - 1));
};

/** A subject that may be published to: a valid pattern without wildcards. */
export const isLiteral = (subject: string): boolean =>
  subject.split('.').every((token) => token !== '' && token !== '*' && token !== '>');

/** Whether every subject that `subject` (itself a subject or a pattern) stands for is matched by `pattern`. */
export const covers = (pattern: string, subject: string): boolean => {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return given.length > index;
    const other = given[index];
    if (other === undefined || other === '>') return false;
    if (token !== '*' && token !== other) return false;
  }
  return wanted.length === given.length;
};

/** Whether some subject is matched by both patterns. */
export const overlaps = (one: string, other: string): boolean => {
  const left = one.split('.');
  const right = other.split('.');
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [a, b] = [left[index]!, right[index]!];
    if (a === '>' || b === '>') return true;
    if (a !== b && a !== '*' && b !== '*') return false;
  }
  return left.length === right.length;
};

/** What the index needs to know of a subscription; `queue` is '' when it belongs to no queue group. */
export interface Interest {
  readonly subject: string;
  readonly queue: string;
}

/** Who gets a message: each of `plain`, and one member of each group. Shared between calls: not to be changed. */
export interface Matches<T> {
  readonly plain: readonly T[];
  readonly groups: readonly (readonly T[])[];
}

interface Node<T> {
  readonly children: Map<string, Node<T>>;
  readonly interests: Set<T>;
}

const newNode = <T>(): Node<T> => ({ children: new Map(), interests: new Set() });

/** Matches remembered per subject. Reply subjects are used once, so the memory has to be bounded. */
const MAX_REMEMBERED = 4096;

/** Subscriptions by subject: a tree of tokens, with the matches of recently published subjects remembered. */
export class SubjectIndex<T extends Interest> {
  readonly #root: Node<T> = newNode();
  readonly #remembered = new Map<string, Matches<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(interest: T): void {
    let node = this.#root;
    for (const token of interest.subject.split('.')) {
      let next = node.children.get(token);
      if (next === undefined) node.children.set(token, (next = newNode()));
      node = next;
    }
    node.interests.add(interest);
    this.#size++;
    this.#forget(interest.subject);
  }

  /** Removes an interest that was added; the branches that it leaves empty go too. */
  remove(interest: T): void {
    const tokens = interest.subject.split('.');
    const path: Node<T>[] = [this.#root];
    for (const token of tokens) {
      const next = path.at(-1)!.children.get(token);
      if (next === undefined) return;
      path.push(next);
    }
    if (!path.at(-1)!.interests.delete(interest)) return;
    this.#size--;
    for (let depth = tokens.length; depth > 0; depth--) {
      const node = path[depth]!;
      if (node.interests.size > 0 || node.children.size > 0) break;
      path[depth - 1]!.children.delete(tokens[depth - 1]!);
    }
    this.#forget(interest.subject);
  }

  /** Nobody is interested in a subject with an empty token. */
  match(subject: string): Matches<T> {
    const known = this.#remembered.get(subject);
    if (known !== undefined) return known;
    const tokens = subject.split('.');
    const found: T[] = [];
    if (!tokens.includes('')) collect(this.#root, tokens, 0, found);
    const matches = group(found);
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear();
    this.#remembered.set(subject, matches);
    return matches;
  }

  #forget(subject: string): void {
    if (isLiteral(subject)) this.#remembered.delete(subject);
    else this.#remembered.clear();
  }
}

const collect = <T>(node: Node<T>, tokens: readonly string[], depth: number, found: T[]): void => {
  if (depth === tokens.length) {
    for (const interest of node.interests) found.push(interest);
    return;
  }
  const token = tokens[depth]!;
  const rest = node.children.get('>');
  if (rest !== undefined) for (const interest of rest.interests) found.push(interest);
  const any = node.children.get('*');
  if (any !== undefined) collect(any, tokens, depth + 1, found);
  // A published `*` or `>` is an ordinary token and must not take the wildcard's branch a second time.
  const exact = token === '*' || token === '>' ? undefined : node.children.get(token);
  if (exact !== undefined) collect(exact, tokens, depth + 1, found);
};

/** A queue group is its name: members with different patterns that match the same subject share the messages. */
const group = <T extends Interest>(found: readonly T[]): Matches<T> => {
  const groups = Map.groupBy(found, (interest) => interest.queue);
  const plain = groups.get('') ?? [];
  groups.delete('');
  return { plain, groups: [...groups.values()] };
};
