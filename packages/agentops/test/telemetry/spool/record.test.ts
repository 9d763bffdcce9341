import { describe, expect, it } from 'vitest';
import { decodeRecord, doneMark, encodeRecord, scanRecords } from '../../../src/telemetry/spool/record.ts';

const records = ['first', 'second', 'third'].map((text, index) =>
  encodeRecord(Buffer.from(text), index + 1, 1_795_000_000_000 + index),
);
const [first, second, third] = records as [Buffer, Buffer, Buffer];
const file = (): Buffer => Buffer.concat(records);
const spansOf = (content: Buffer): number[] => scanRecords(content).waiting.map(({ spans }) => spans);

describe('records of a spool file', () => {
  it('come back as they were written', () => {
    const content = file();
    const { waiting, damaged } = scanRecords(content);

    expect(damaged).toBe(0);
    expect(waiting.map(({ spans, written }) => [spans, written])).toEqual([
      [1, 1_795_000_000_000],
      [2, 1_795_000_000_001],
      [3, 1_795_000_000_002],
    ]);
    const requests = waiting.map(({ offset, length }) =>
      decodeRecord(content.subarray(offset, offset + length)),
    );
    expect(requests.map(String)).toEqual(['first', 'second', 'third']);
  });

  it('are left out when they are done with', () => {
    const content = file();
    const { byte, at } = doneMark({ offset: first.length, length: second.length, spans: 2, written: 0 });
    byte.copy(content, at);

    expect(scanRecords(content)).toMatchObject({ waiting: [{ spans: 1 }, { spans: 3 }], damaged: 0 });
  });

  it('are whole without a last one that was not written to its end, wherever it breaks off', () => {
    for (let length = 1; length < third.length; length += 1) {
      const content = Buffer.concat([first, second, third.subarray(0, length)]);
      expect(scanRecords(content)).toMatchObject({ waiting: [{ spans: 1 }, { spans: 2 }], damaged: 0 });
    }
  });

  it('are found behind a damaged one, whichever of its bytes is wrong', () => {
    for (let at = 0; at < second.length; at += 1) {
      // The state is no part of what must be right: a record is done with, or it waits.
      if (at === 4) continue;
      const content = file();
      content[first.length + at] = (content[first.length + at] ?? 0) ^ 0xff;
      expect(spansOf(content)).toEqual([1, 3]);
      expect(scanRecords(content).damaged).toBe(1);
    }
  });

  it('are none in what is no spool file', () => {
    expect(scanRecords(Buffer.from('something else altogether'))).toEqual({ waiting: [], damaged: 1 });
    expect(scanRecords(Buffer.alloc(0))).toEqual({ waiting: [], damaged: 0 });
  });
});
