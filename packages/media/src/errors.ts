import { DomainError } from '@shotlog/kernel/errors';

/** 400: the bytes are not what they claim to be, are damaged, or hold nothing that can be shown. */
export class BrokenMedia extends DomainError {
  constructor(message: string, cause?: unknown) {
    super('Invalid', message, { cause });
  }
}

/** 400: a sound file, but of a kind that nothing here can decode. */
export class UnsupportedMedia extends DomainError {
  constructor(message: string, cause?: unknown) {
    super('Invalid', message, { cause });
  }
}

/** 503: the work took longer than its limit and was killed; the same file may succeed on a calmer machine. */
export class MediaTimeout extends DomainError {
  constructor(message: string) {
    super('Unavailable', message);
  }
}

/** 503: this machine has no ffmpeg or no ffprobe. */
export class MediaToolsMissing extends DomainError {
  constructor(message: string) {
    super('Unavailable', message);
  }
}

/** 400: a storage key outside `<bucket>/<name>…`. Keys are made by services, so a caller rarely sees it. */
export class InvalidKey extends DomainError {
  constructor(key: string) {
    super('Invalid', `${JSON.stringify(key.slice(0, 80))} is not a storage key.`);
  }
}

/** 404: nothing is stored under that key. */
export class ObjectMissing extends DomainError {
  constructor(key: string) {
    super('NotFound', `There is no stored file ${key}.`);
  }
}

/** 400: a body that ended before its announced size, or went beyond it. Nothing was stored. */
export class SizeMismatch extends DomainError {
  constructor(announced: number, received: number) {
    super('Invalid', `The file was announced with ${announced} bytes, and ${received} arrived.`);
  }
}

/** 416 (RFC 9110, 15.5.17): the range starts behind the end. `data.size_bytes` is what `Content-Range` wants. */
export class RangeNotSatisfiable extends DomainError {
  constructor(key: string, size_bytes: number) {
    super('Invalid', `The range lies outside the ${size_bytes} bytes of ${key}.`, { status: 416, data: { size_bytes } });
  }
}

/** 503: the object storage cannot be reached, or says that it cannot now. */
export class StorageUnavailable extends DomainError {
  constructor(cause: unknown) {
    super('Unavailable', 'The object storage does not answer now. Try again.', { cause });
  }
}
