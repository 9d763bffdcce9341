import { always, type Fault } from '@agentops/model-server';
import { describe, expect, it } from 'vitest';
import { controlRun } from '../support/control-run.ts';
import type { ProviderCase } from '../support/provider-case.ts';

/** How a stream ends by itself. `errorType` is absent where it does so in peace, which one client may think and another not. */
interface Ending {
  readonly name: string;
  readonly fault?: Fault;
  readonly errorType?: Readonly<Record<ProviderCase['name'], string | undefined>>;
  /** The stream had begun. */
  readonly truncated?: true;
}

const each = (stainless: string, google?: string) => ({ openai: stainless, anthropic: stainless, google });

const ENDINGS: readonly Ending[] = [
  { name: 'a whole answer' },
  {
    name: 'HTTP 400',
    fault: { kind: 'status', status: 400 },
    errorType: each('invalid_request_error', 'INVALID_ARGUMENT'),
  },
  {
    name: 'a connection cut before the answer',
    fault: { kind: 'cut' },
    errorType: each('APIConnectionError', 'TypeError'),
  },
  {
    name: 'a connection cut mid-stream',
    fault: { kind: 'cut', afterChunks: 6 },
    errorType: each('TypeError', 'TypeError'),
    truncated: true,
  },
  {
    name: 'a chunk that is no JSON',
    fault: { kind: 'malformed', chunk: 6 },
    errorType: each('SyntaxError'),
    truncated: true,
  },
  {
    name: 'an error event mid-stream',
    fault: { kind: 'error-event', afterChunks: 6, status: 529 },
    errorType: { openai: 'server_error', anthropic: 'overloaded_error', google: 'INTERNAL' },
    truncated: true,
  },
];

/** In more chunks than any of them begins with. */
const text = 'It is 21 degrees and sunny, with a light breeze from the sea.';

/** Every way of reading a stream to its end, with every end that it may have. */
export function describeStreams(provider: ProviderCase): void {
  describe.each(provider.streams)('$name: a stream is the same with and without us (P3, P6)', (way) => {
    it.each(ENDINGS)('$name', async ({ fault, errorType, truncated }) => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: always({ text, ...(fault && { fault }) }),
        program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note),
      }));

      expect(watched).toEqual(plain);
      expect(plain.seen).not.toEqual([]);
      expect(calls).toHaveLength(1);
      const [call] = calls;
      const expectedError = errorType?.[provider.name];
      expect(call?.status.code).toBe(expectedError === undefined ? 0 : 2);
      expect(call?.events).toHaveLength(expectedError === undefined ? 0 : 1);
      expect(call?.attributes).toMatchObject({ 'gen_ai.request.stream': true });
      expect(call?.attributes['error.type']).toBe(expectedError);
      expect(call?.attributes['agentops.stream.truncated']).toBe(expectedError && truncated);
      if (fault === undefined || truncated) expect(receivedText(call?.attributes)).toContain('It is');
    });
  });
}

function receivedText(attributes: Readonly<Record<string, unknown>> = {}): string {
  return String(attributes['gen_ai.output.messages']);
}
