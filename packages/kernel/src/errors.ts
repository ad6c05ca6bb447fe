/** What can be wrong with a request, told apart by `kind`; the gateway's table turns kinds into statuses. */
export type ErrorKind = 'Invalid' | 'Unauthenticated' | 'Forbidden' | 'NotFound' | 'Conflict' | 'Unavailable' | 'NotImplemented' | 'BadToken';

/** The status that each kind is answered with, by the services and the gateway alike. */
export const STATUS: Record<ErrorKind, number> = {
  Invalid: 400, Unauthenticated: 401, Forbidden: 403, NotFound: 404, Conflict: 409, BadToken: 422, NotImplemented: 501, Unavailable: 503,
};

/**
 * An error that the caller can do something about. Its message is shown to the caller, so it names the thing and never
 * a secret. `data` is added to the body under `data`; `status` overrides the status of the kind where clients expect another.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly data: unknown;
  readonly status: number;
  /** Keys that are answered beside `error` and `message`, where a client expects them (`login: false`). */
  readonly extra: Record<string, unknown>;

  constructor(kind: ErrorKind, message: string, more: { data?: unknown; status?: number; extra?: Record<string, unknown>; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = kind;
    this.kind = kind;
    this.data = more.data;
    this.status = more.status ?? STATUS[kind];
    this.extra = more.extra ?? {};
  }

  /** The documented body of an error reply. */
  body(): Record<string, unknown> {
    return { error: true, message: this.message, ...(this.data === undefined ? {} : { data: this.data }), ...this.extra };
  }

  /** The form that travels over NATS: never a stack. */
  toWire(): WireError {
    return { kind: this.kind, message: this.message, data: this.data, status: this.status, extra: this.extra };
  }

  static fromWire(wire: WireError): DomainError {
    return new DomainError(wire.kind, wire.message, wire);
  }
}

export type WireError = { kind: ErrorKind; message: string; data?: unknown; status: number; extra: Record<string, unknown> };

/** 400: the request says something impossible. */
export class Invalid extends DomainError {
  constructor(message: string, more: { data?: unknown; status?: number; extra?: Record<string, unknown> } = {}) {
    super('Invalid', message, more);
  }
}

/** 404: `what` with that id does not exist, or the caller may not know that it does. */
export class NotFound extends DomainError {
  constructor(what = 'resource', id?: string) {
    super('NotFound', id === undefined ? `There is no such ${what}.` : `There is no ${what} ${id}.`);
  }
}

/** 403: the caller is known and may not do this. */
export class Forbidden extends DomainError {
  constructor(message = 'You do not have the permission to do this.') {
    super('Forbidden', message);
  }
}

/** 409: somebody else changed the same thing too often at the same time. */
export class Conflict extends DomainError {
  constructor(message: string, cause?: unknown) {
    super('Conflict', message, { cause });
  }
}

/** PostgreSQL's server or the way to it fails (classes 08, 53, 57, 58), which passes. */
export const isOutage = (error: any): boolean => {
  const code = error?.code ?? error?.cause?.code;
  // A server that is away has no socket.
  if (code === 'ENOENT') return (error.syscall ?? error.cause?.syscall) === 'connect';
  return /^(08|53|57|58)...$/.test(String(code)) || /^E(CONN|PIPE|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH)/.test(String(code)) || /Connection terminated|Client has encountered a connection error/.test(String(error?.message));
};

/**
 * An error as the caller may see it, wherever it was noticed: a value that PostgreSQL cannot take as what it was meant to be is the caller's
 * mistake (400), an outage passes (503). Null: a mistake of ours.
 */
export const asDomainError = (error: any): DomainError | null => {
  if (error instanceof DomainError) return error;
  const code = String(error?.code ?? error?.cause?.code ?? '');
  if (/^22...$/.test(code)) return new DomainError('Invalid', 'A value is not of the kind that is wanted here.');
  if (code === '54000') return new DomainError('Invalid', 'A value is too long.');
  if (isOutage(error)) return new DomainError('Unavailable', 'The database does not answer now. Try again.', { cause: error });
  return null;
};
