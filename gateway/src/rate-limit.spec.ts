import { DomainError } from '@shotlog/kernel';
import { describe, expect, it } from 'vitest';
import { SignInLimit } from './rate-limit.ts';

describe('the limit of failed sign-ins', () => {
  it('lets ten failures of one address on one e-mail pass, then answers 429', () => {
    const limit = new SignInLimit();
    for (let i = 0; i < 10; i++) {
      limit.check('10.0.0.1', 'ana@studio.test');
      limit.failed('10.0.0.1', 'ana@studio.test');
    }
    expect(() => limit.check('10.0.0.1', 'ana@studio.test')).toThrow(DomainError);
    limit.check('10.0.0.1', 'bob@studio.test');
    limit.check('10.0.0.2', 'ana@studio.test');
  });
  it('stops an address that tries many e-mails', () => {
    const limit = new SignInLimit();
    for (let i = 0; i < 100; i++) limit.failed('10.0.0.1', `p${i}@studio.test`);
    expect(() => limit.check('10.0.0.1', 'one-more@studio.test')).toThrow(/Too many/);
  });
});
