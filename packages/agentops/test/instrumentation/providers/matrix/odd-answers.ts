import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { instrument, session, shutdown } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startRecording } from '../../../support/recording.ts';
import { llmSpans } from '../support/control-run.ts';
import type { Caller, ProviderCase } from '../support/provider-case.ts';

/** Answers that no provider's own server gives, but one that claims to be compatible might. */
const ODD_ANSWERS: readonly string[] = [
  'null',
  '[]',
  '"Warm."',
  '{}',
  '{"model":null,"id":7,"choices":null,"content":null,"usage":null}',
  '{"model":42,"choices":[null],"content":[null],"usage":{}}',
  '{"choices":[{}],"content":[{}],"usage":{"prompt_tokens":null,"completion_tokens":null,"input_tokens":null}}',
];

/** The same as the only event of a stream. */
const EVENT_NAMES = { openai: 'message', anthropic: 'message_start', google: 'message' };

/** What a server might answer that only claims to be compatible. */
export function describeOddAnswers({ name, connect, spanName }: ProviderCase): void {
  describe('an answer of an odd shape (P6)', () => {
    let server: Server;
    let url: string;
    let answer: string;
    let contentType: string;

    beforeEach(async () => {
      server = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': contentType }).end(answer);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(async () => {
      await shutdown();
      server.closeAllConnections();
      server.close();
    });

    it.each(ODD_ANSWERS)('%s is handed on, and nothing is made up', async (json) => {
      contentType = 'application/json';
      answer = json;
      const recording = startRecording();
      const ask = (caller: Caller) =>
        caller.create().then(
          (answer) => ({ answer }),
          (error: unknown) => ({ error: String(error) }),
        );
      const plain = await ask(connect(url, (client) => client));
      const watched = await session('run', () => ask(connect(url, instrument)));

      expect(watched).toEqual(plain);
      expectNothingMadeUp(llmSpans(await recording.spans()), 'error' in plain ? 2 : 0);
    });

    it.each(ODD_ANSWERS)('a stream of %s is handed on, and nothing is made up', async (json) => {
      contentType = 'text/event-stream';
      answer = `event: ${EVENT_NAMES[name]}\ndata: ${json}\n\n`;
      const recording = startRecording();
      const read = async (caller: Caller) => Array.fromAsync(await caller.createStream()).catch(String);
      const plain = await read(connect(url, (client) => client));
      const watched = await session('run', () => read(connect(url, instrument)));

      expect(watched).toEqual(plain);
      expectNothingMadeUp(llmSpans(await recording.spans()));
    });

    function expectNothingMadeUp(calls: ReturnType<typeof llmSpans>, code = 0): void {
      expect(calls).toHaveLength(1);
      expect(calls[0]).toMatchObject({ name: spanName, status: { code } });
      expect(Object.keys(calls[0]?.attributes ?? {})).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(gen_ai\.usage|agentops\.cost)\./)]),
      );
    }
  });
}
