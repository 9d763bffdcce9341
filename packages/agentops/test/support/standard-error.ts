import process from 'node:process';
import { vi } from 'vitest';

/** What is written to standard error from now on, until the mocks are restored. */
export function captureStandardError(): string[] {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  return written;
}
