import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { namesPrivateAddress, PrivateAddress, publicLookup } from './address.ts';

const TIMEOUT_MS = 15_000;

/** Sends a body and answers the status. Redirects are not followed; what comes back is not read. @throws Error when nothing answers within 15 s. */
export const post = (target: string, headers: Record<string, string>, body: string, options: { privateAddresses: boolean; signal?: AbortSignal }): Promise<number> => {
  const url = new URL(target);
  if (!options.privateAddresses && namesPrivateAddress(url)) return Promise.reject(new PrivateAddress(url.hostname));
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? https : http)(url, {
      method: 'POST', agent: false, signal: options.signal, timeout: TIMEOUT_MS, ...(options.privateAddresses ? {} : { lookup: publicLookup }),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'user-agent': 'Shotlog' },
    }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    // The socket's own timeout starts again with each byte: a slow trickle must not hold a worker either.
    const deadline = setTimeout(() => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    sent.on('error', reject);
    sent.on('close', () => clearTimeout(deadline));
    sent.end(body);
  });
};
