import { describe, expect, it } from 'vitest';
import { newSecret, sign, verify } from './signature.ts';

describe('webhook signatures', () => {
  it('agree with the example of the Standard Webhooks specification', () =>
    expect(sign('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='));
  it('are recognised among others, and not for another body, id or time', () => {
    const secret = newSecret();
    const header = `v1,AAAA ${sign(secret, 'a', 1, '{}')}`;
    expect([verify(secret, header, 'a', 1, '{}'), verify(secret, header, 'a', 1, '{ }'), verify(secret, header, 'b', 1, '{}'), verify(secret, header, 'a', 2, '{}'), verify(newSecret(), header, 'a', 1, '{}')]).toEqual([true, false, false, false, false]);
  });
  it('use secrets of 24 random bytes', () => {
    expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
    expect(newSecret()).not.toBe(newSecret());
  });
});
