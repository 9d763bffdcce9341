import type { Stats } from '@agentops/server/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningServer } from '../../src/server.ts';
import { apiOf, postOtlp, readError } from '../support/requests.ts';
import { serve } from '../support/servers.ts';
import { storeInMemory } from '../support/stores.ts';
import { encodeTraces, recordSpans } from '../support/traces.ts';

describe('the query API (D4): hourly statistics', () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await serve(await storeInMemory());
    await postOtlp(server, encodeTraces(recordSpans(3)));
    await server.store.settle();
  });
  afterAll(() => server.close());

  const sumOf = ({ points }: Stats) => points.reduce((sum, { counts }) => sum + counts.spans, 0);

  it('add up what was sent, for the last month where no time is given', async () => {
    const stats = await apiOf(server).stats();
    expect(stats).toMatchObject({ step: 'day', by: null });
    expect(sumOf(stats)).toBe(3);
  });

  it('are told apart by what is asked for', async () => {
    const stats = await apiOf(server).stats({ step: 'hour', by: 'service' });
    expect(new Set(stats.points.map(({ key }) => key))).toEqual(new Set(['test-sender']));
    expect(sumOf(stats)).toBe(3);
    const empty = await apiOf(server).stats({ from: '2020-01-01', to: '2020-02-01' });
    expect(empty.points).toEqual([]);
  });

  it.each([
    ['/api/stats?step=week', /`step`.*hour/],
    ['/api/stats?by=colour', /`by`.*model/],
    ['/api/stats?from=noon', /from is "noon"; give a time like/],
    ['/api/stats?colour=red', /accepted: from, to, step, by/],
  ])('answer 400 to %s and say why', async (path, message) => {
    expect(await readError(await fetch(`${server.url}${path}`))).toMatchObject({
      status: 400,
      code: 'invalid_query',
      message: expect.stringMatching(message) as string,
    });
  });
});
