import { describe, expect, it } from 'vitest';
import { openTokens, tokenOf } from './tokens.ts';

const tokens = openTokens('a secret that is long enough for it');
const claims = { sub: 'ada', sid: 'session', type: 'access' } as const;
const headers = (of: Record<string, string>) => new Headers(of);

describe('a token', () => {
  it('says who it stands for until it expires', async () => {
    expect(await tokens.verify(await tokens.sign(claims, 60))).toMatchObject(claims);
    await expect(tokens.verify(await tokens.sign(claims, -1))).rejects.toMatchObject({ status: 401 });
  });
  it('counts only with our signature, of our kind', async () => {
    const other = await openTokens('another secret, just as long as it').sign(claims, 60);
    const [head, body] = (await tokens.sign(claims, 60)).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    for (const bad of [other, unsigned, `${head}.${body}.`, 'nonsense', 'a.b.c', 'é', `${head}.${body}`]) await expect(tokens.verify(bad)).rejects.toMatchObject({ status: 422 });
    await expect(tokens.verify(null)).rejects.toMatchObject({ status: 401 });
    await expect(tokens.verify(await tokens.sign({ ...claims, type: 'refresh' }, 60))).rejects.toMatchObject({ status: 422 });
    await expect(tokens.verify(await tokens.sign(claims, 60), 'refresh')).rejects.toMatchObject({ status: 422 });
  });
  it('of a service stands for the system', async () => {
    expect(await tokens.verify(await tokens.service())).toMatchObject({ type: 'service' });
  });
});

describe('the token of a request', () => {
  it.each<[Record<string, string>, string | null]>([
    [{ authorization: 'Bearer abc' }, 'abc'], [{ authorization: 'bearer  abc' }, 'abc'], [{ authorization: 'abc' }, 'abc'], [{ cookie: 'a=b; access_token_cookie=abc' }, 'abc'], [{}, null],
    [{ cookie: 'access_token_cookie=%zz' }, '%zz'], [{ cookie: 'access_token_cookie' }, null], [{ authorization: 'Bearer x', cookie: 'access_token_cookie=y' }, 'x'],
  ])('%j', (given, wanted) => {
    expect(tokenOf(headers(given))).toBe(wanted);
  });
});
