import { describe, expect, it } from 'vitest';
import { reasonInWords } from '../../src/session/end-reason.ts';

describe('why a session ended', () => {
  it('is said in words where no program has said it', () => {
    const words = (end_state_reason: string | null) =>
      reasonInWords({ end_state: 'Indeterminate', end_state_reason });
    expect(words('lost')).toBe('lost: its process gives no sign of life');
    expect(words('process_exit')).toBe('its process ended before it did');
    expect(words('cancelled by Ada')).toBe('cancelled by Ada');
    expect(words(null)).toBeNull();
  });

  it('is in the words of the program else', () => {
    expect(reasonInWords({ end_state: 'Fail', end_state_reason: 'lost' })).toBe('lost');
  });
});
