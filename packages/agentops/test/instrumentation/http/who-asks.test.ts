import { currentSession, type HandleRequestOptions, shutdown } from 'agentops';
import { afterEach, describe, expect, it } from 'vitest';
import { peerOf } from '../../../src/telemetry/propagation/peer.ts';
import { SESSION_ID, serve, traced } from './support/incoming.ts';

afterEach(() => shutdown());

describe('who asks (C4)', () => {
  const ask = async (headers: Record<string, string>, options: HandleRequestOptions = {}) => {
    const { url } = await serve((_request, response) => response.end(`${peerOf()} ${currentSession()?.id}`), {
      options,
    });
    return (await fetch(url, { headers: { ...traced, ...headers } })).text();
  };

  it.each<[string, Record<string, string>, string]>([
    [
      'a proxy of the same network says it was another of it',
      { 'x-forwarded-for': '10.1.2.3, 192.168.0.9' },
      '127.0.0.1',
    ],
    ['a proxy says so with ports', { 'x-forwarded-for': '10.1.2.3:5120, [::1]:80' }, '127.0.0.1'],
    [
      'a proxy says so in the standard way',
      { forwarded: 'for=10.1.2.3;proto=http, for="[fd00::1]:4711"' },
      '127.0.0.1',
    ],
  ])('is trusted where %s', async (_what, headers, peer) => {
    expect(await ask(headers)).toBe(`${peer} ${SESSION_ID}`);
  });

  it.each<[string, Record<string, string>, string]>([
    ['somebody outside', { 'x-forwarded-for': '203.0.113.9' }, '203.0.113.9'],
    [
      'somebody outside, behind what looks like us',
      { 'x-forwarded-for': '10.0.0.1, 203.0.113.9' },
      '203.0.113.9',
    ],
    ['somebody outside who says to be us', { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' }, '203.0.113.9'],
    ['nobody', { forwarded: 'for=unknown' }, 'unknown'],
    ['an address with a port', { forwarded: 'for="[2001:db8::1]:99"' }, '2001:db8::1'],
  ])('is not trusted where a proxy names %s', async (_what, headers, peer) => {
    expect(await ask(headers)).toBe(`${peer} undefined`);
  });

  it('is who the program says', async () => {
    expect(await ask({ 'x-forwarded-for': '10.0.0.1' }, { from: '203.0.113.9' })).toBe(
      '203.0.113.9 undefined',
    );
  });

  it('may be whoever the program takes the word of', async () => {
    expect(await ask({ 'x-forwarded-for': '203.0.113.9' }, { from: '10.0.0.1' })).toBe(
      `10.0.0.1 ${SESSION_ID}`,
    );
  });
});
