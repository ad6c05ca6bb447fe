import { describe, expect, it } from 'vitest';
import { isPrivate, namesPrivateAddress, PrivateAddress, publicLookup } from './address.ts';

describe('addresses that webhooks may call', () => {
  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fd00::1', 'fe80::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '64:ff9b::7f00:1', 'oops'])('are not %s', (address) =>
    expect(isPrivate(address)).toBe(true));
  it.each(['1.1.1.1', '172.32.0.1', '192.169.0.1', '2606:4700:4700::1111', '::ffff:1.1.1.1'])('are %s', (address) => expect(isPrivate(address)).toBe(false));
  it('are not hidden by another way of writing them', () =>
    expect(['http://2130706433/', 'http://0x7f.1/', 'http://[::1]:80/', 'http://localhost/', 'http://x.localhost/', 'http://[::ffff:7f00:1]/'].map((url) => namesPrivateAddress(new URL(url)))).toEqual(Array(6).fill(true)));
  it('are checked when a name is resolved', async () => {
    const error = await new Promise((resolve) => publicLookup('localhost', {}, resolve));
    expect(error).toBeInstanceOf(PrivateAddress);
  });
});
