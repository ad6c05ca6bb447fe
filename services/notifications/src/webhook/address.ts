import { lookup as resolve, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const inside = new BlockList();
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4]] as const) {
  inside.addSubnet(net, bits, 'ipv4');
}
for (const [net, bits] of [['::', 128], ['::1', 128], ['64:ff9b::', 96], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8], ['2001:db8::', 32], ['2002::', 16]] as const) inside.addSubnet(net, bits, 'ipv6');

/** Whether an address is of this machine, of a private network or of no single host (RFC 6890). IPv4 written as IPv6 counts as what it is. */
export const isPrivate = (address: string): boolean => {
  const family = isIP(address);
  if (family === 0) return true;
  return inside.check(address, family === 4 ? 'ipv4' : 'ipv6');
};

/** A refusal to call an address of the own network. */
export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is a private address`);
    this.name = 'PrivateAddress';
  }
}

/**
 * Resolves a host for `http.request` and refuses private addresses: what was checked is what is connected to, so a name that
 * changes its address in between gains nothing.
 */
export const publicLookup: LookupFunction = (host, options, done) => {
  resolve(host, { ...options, all: true }, (error, found) => {
    if (error) return done(error, '', 4);
    const addresses = found as unknown as LookupAddress[];
    if (addresses.length === 0 || addresses.some(({ address }) => isPrivate(address))) return done(new PrivateAddress(host), '', 4);
    if (options.all) return done(null, addresses as never, 0);
    done(null, addresses[0]!.address, addresses[0]!.family);
  });
};

/** Whether a URL's host is written as a private address; names are checked when they are resolved. */
export const namesPrivateAddress = (url: URL): boolean => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && isPrivate(host));
};
