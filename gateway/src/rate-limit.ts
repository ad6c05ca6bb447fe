import { DomainError } from '@shotlog/kernel';

const WINDOW_MS = 60_000;
/** Failed attempts of one address on one e-mail, and of one address at all, within the window. */
const PER_EMAIL = 10;
const PER_ADDRESS = 100;

/** Slows down guessing at sign-in: counts failures only, so that a render farm signing in is not shut out. */
export class SignInLimit {
  readonly #failures = new Map<string, { count: number; until: number }>();

  #count(key: string): number {
    const entry = this.#failures.get(key);
    if (!entry || entry.until < Date.now()) return 0;
    return entry.count;
  }

  /** @throws DomainError 429 while the limit is passed. */
  check(address: string, email: string): void {
    if (this.#count(`${address} ${email}`) >= PER_EMAIL || this.#count(address) >= PER_ADDRESS) {
      throw new DomainError('Invalid', 'Too many failed sign-ins. Wait a minute and try again.', { status: 429, extra: { login: false } });
    }
  }

  failed(address: string, email: string): void {
    for (const key of [`${address} ${email}`, address]) {
      const count = this.#count(key) + 1;
      this.#failures.set(key, { count, until: Date.now() + WINDOW_MS });
    }
    if (this.#failures.size > 50_000) this.#failures.clear();
  }
}
