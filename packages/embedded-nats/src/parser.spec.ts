import { describe, expect, it } from 'vitest';
import { type CommandSink, Parser, ProtocolError } from './parser.ts';

const LIMITS = { maxControlLineBytes: 200, maxPayloadBytes: 5000 };

/** Notes every call as text, with a copy of the payload. */
const recorder = (): CommandSink & { calls: string[] } => {
  const calls: string[] = [];
  return {
    calls,
    connect: (json) => void calls.push(`connect ${json.trim()}`),
    publish: (subject, reply, headerBytes, bytes, start, end) =>
      void calls.push(`publish ${subject} ${reply} ${headerBytes} ${bytes.toString('latin1', start, end)}`),
    subscribe: (subject, queue, sid) => void calls.push(`subscribe ${subject} ${queue} ${sid}`),
    unsubscribe: (sid, max) => void calls.push(`unsubscribe ${sid} ${max}`),
    ping: () => void calls.push('ping'),
    pong: () => void calls.push('pong'),
  };
};

/** Random numbers below `limit` that a failing seed gives again (mulberry32). */
const random = (seed: number) => (limit: number): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
};

type Random = ReturnType<typeof random>;
const bytesOf = (below: Random, length: number): string => Array.from({ length }, () => String.fromCharCode(below(256))).join('');
const sizeOf = (below: Random): number => below(5) === 0 ? below(5000) : below(30);

/** One operation as bytes, and the call that it stands for. */
const operation = (below: Random): [string, string] => {
  const body = bytesOf(below, sizeOf(below));
  switch (below(8)) {
    case 0: return ['PING\r\n', 'ping'];
    case 1: return ['pong\r\n', 'pong'];
    case 2: return ['CONNECT {"verbose":false}\r\n', 'connect {"verbose":false}'];
    case 3: return [`SUB a.* q ${body.length}\r\n`, `subscribe a.* q ${body.length}`];
    case 4: return ['UNSUB 7 3\r\n', 'unsubscribe 7 3'];
    case 5: return [`PUB a.b ${body.length}\r\n${body}\r\n`, `publish a.b  -1 ${body}`];
    case 6: return [`PUB  a.b\tre.ply ${body.length}\n${body}\r\n`, `publish a.b re.ply -1 ${body}`];
    default: {
      const headerBytes = below(body.length + 1);
      return [`HPUB s\xe9 r ${headerBytes} ${body.length}\r\n${body}\r\n`, `publish s\xe9 r ${headerBytes} ${body}`];
    }
  }
};

const feedInPieces = (parser: Parser, stream: Buffer, below: Random, longest: number): void => {
  for (let at = 0; at < stream.length;) {
    const size = 1 + below(longest);
    parser.feed(Buffer.from(stream.subarray(at, at + size)));
    at += size;
  }
};

describe('the parser', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('reads the same from any chunks (seed %i)', (seed) => {
    const below = random(seed);
    const operations = Array.from({ length: 200 }, () => operation(below));
    const stream = Buffer.from(operations.map(([bytes]) => bytes).join(''), 'latin1');
    for (const longest of [1, 7, 300, 20_000, stream.length]) {
      const sink = recorder();
      feedInPieces(new Parser(sink, LIMITS), stream, below, longest);
      expect(sink.calls).toEqual(operations.map(([, call]) => call));
    }
  });

  it('ends damaged streams with an error of the protocol and no other', () => {
    let refused = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const below = random(seed);
      const stream = Buffer.from(Array.from({ length: 20 }, () => operation(below)[0]).join(''), 'latin1');
      for (let damage = 0; damage < 5; damage++) stream[below(stream.length)] = below(256);
      try {
        feedInPieces(new Parser(recorder(), LIMITS), stream, below, 500);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
        refused++;
      }
    }
    // Damage may fall into payloads, where it is none.
    expect(refused).toBeGreaterThan(100);
  });

  it.each(['x', '\0', '\r\n', ' PING\r\n', 'PINGS\r\n', 'P\xefNG\r\n', 'CONNECTED {}\r\n', '@UB a 1\r\n', 'INFO {}\r\n'])('refuses %j', (bytes) => {
    const sink = recorder();
    expect(() => new Parser(sink, LIMITS).feed(Buffer.from(bytes, 'latin1'))).toThrow('Unknown Protocol Operation');
    expect(sink.calls).toEqual([]);
  });

  it.each(['PUB a x\r\n', 'PUB a -1\r\n', 'PUB a b c 1\r\n', 'HPUB a 3 2\r\n', 'HPUB a 1\r\n', 'SUB a\r\n', 'UNSUB\r\n', 'UNSUB 1 x\r\n', 'SUB a b c d e f\r\n'])(
    'refuses the arguments of %j', (line) => {
      expect(() => new Parser(recorder(), LIMITS).feed(Buffer.from(line))).toThrow('Invalid Arguments');
    });

  it('refuses a size beyond any number as too big', () => {
    expect(() => new Parser(recorder(), LIMITS).feed(Buffer.from(`PUB a ${'9'.repeat(100)}\r\n`))).toThrow('Maximum Payload Violation');
  });

  it('reads nothing more once stopped by what it reads', () => {
    const sink = recorder();
    const parser = new Parser({ ...sink, ping: () => parser.stop() }, LIMITS);
    parser.feed(Buffer.from('PONG\r\nPING\r\nPONG\r\n'));
    parser.feed(Buffer.from('PONG\r\n'));
    expect(sink.calls).toEqual(['pong']);
  });
});
