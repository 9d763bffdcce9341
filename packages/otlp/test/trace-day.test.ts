import { dayOfTrace } from '@agentops/otlp';
import { describe, expect, it } from 'vitest';

const nanoseconds = (iso: string) => BigInt(Date.parse(iso)) * 1_000_000n;
const uuidV7 = (iso: string) => `${Date.parse(iso).toString(16).padStart(12, '0')}7abc8def0123456789ab`;

describe('the day of a trace', () => {
  it('is the day its UUIDv7 was made, also for a span that starts after midnight', () => {
    expect(dayOfTrace(uuidV7('2026-03-01T23:59:59.999Z'), nanoseconds('2026-03-02T00:00:01Z'))).toBe(
      '2026-03-01',
    );
  });

  it('is the day of the span where the trace id is no UUIDv7', () => {
    const random = 'a3ce929d0e0e47364bf92f3577b34da6';
    expect(dayOfTrace(random, nanoseconds('2026-03-02T00:00:01Z'))).toBe('2026-03-02');
  });

  it('needs the variant bits as well as the version', () => {
    const otherVariant = `${uuidV7('2026-03-01T12:00:00Z').slice(0, 16)}c${'0'.repeat(15)}`;
    expect(dayOfTrace(otherVariant, nanoseconds('2026-03-05T12:00:00Z'))).toBe('2026-03-05');
  });

  it.each([
    ['2026-01-31T00:00:00Z', '2026-01-01'],
    ['2026-01-31T00:00:00.001Z', '2026-01-31'],
    ['2025-12-02T00:00:00Z', '2026-01-01'],
    ['2025-12-01T23:59:59.999Z', '2025-12-01'],
  ])('believes the UUIDv7 up to 30 days from the start: a span at %s is of %s', (start, day) => {
    expect(dayOfTrace(uuidV7('2026-01-01T00:00:00Z'), nanoseconds(start))).toBe(day);
  });

  it('knows days before the epoch ends of 64-bit times', () => {
    expect(dayOfTrace('0af7651916cd43dd8448eb211c80319c', 1n)).toBe('1970-01-01');
    expect(dayOfTrace('0af7651916cd43dd8448eb211c80319c', 2n ** 63n - 1n)).toBe('2262-04-11');
  });
});
