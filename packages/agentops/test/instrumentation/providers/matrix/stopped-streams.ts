import { always, startModelServer } from '@agentops/model-server';
import { instrument, session, shutdown, startSession } from 'agentops';
import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../../support/collect-garbage.ts';
import { KeepingExporter } from '../../../support/keeping-exporter.ts';
import { startRecording } from '../../../support/recording.ts';
import { controlRun, llmSpans } from '../support/control-run.ts';
import type { Caller, ProviderCase } from '../support/provider-case.ts';

/** Ways of forgetting about a stream. */
const ABANDONING: readonly { readonly name: string; use(caller: Caller): Promise<void> }[] = [
  { name: 'a stream that nobody reads', use: async (caller) => void (await caller.createStream()) },
  {
    name: 'a stream that nobody reads on',
    async use(caller) {
      await (await caller.createStream())[Symbol.asyncIterator]().next();
    },
  },
];

const text = 'It is 21 degrees and sunny.';

/** Every way of leaving a stream before its end. */
export function describeStoppedStreams(provider: ProviderCase): void {
  describe('a stream that its reader leaves (P3, P6)', () => {
    it.each(provider.stops)(
      '$name ends the span with what had arrived, and the rest is not read',
      async (way) => {
        const goesOn = provider.staysOpen ? {} : { fault: { kind: 'hang' as const, afterChunks: 5 } };
        const { plain, watched, calls } = await controlRun(() => ({
          script: always({ text, ...goesOn }),
          program: ({ url, instrument, note }) => way.use(provider.connect(url, instrument), note),
        }));

        expect(watched).toEqual(plain);
        expect(plain.requests.map(({ outcome }) => outcome)).toEqual([
          provider.staysOpen ? 'complete' : 'abandoned',
        ]);
        expect(calls).toHaveLength(1);
        expect(calls[0]?.status.code).toBe(
          way.fails?.includes(`${provider.name} ${provider.version}`) ? 2 : 0,
        );
        expect(calls[0]?.attributes).toMatchObject({ 'agentops.stream.truncated': true });
      },
    );

    it('has missed nothing where that is after the last chunk of the answer', async () => {
      const { plain, watched, calls } = await controlRun(() => ({
        script: always({ text }),
        async program({ url, instrument, note }) {
          for await (const chunk of await provider.connect(url, instrument).createStream()) {
            note(chunk);
            if (/"stop"|"end_turn"|"STOP"/.test(JSON.stringify(chunk))) break;
          }
        },
      }));

      expect(watched).toEqual(plain);
      expect(calls).toHaveLength(1);
      expect(calls[0]?.attributes).toMatchObject({ 'gen_ai.response.finish_reasons': [expect.any(String)] });
      expect(calls[0]?.attributes).not.toHaveProperty(['agentops.stream.truncated']);
    });

    it.each(ABANDONING)('$name ends the span, though nobody says that it is over', async ({ use }) => {
      await using server = await startModelServer({ script: always({ text }) });
      const recording = startRecording();
      const run = startSession();
      await run.run(() => use(provider.connect(server.url, instrument)));
      while (run.telemetry.counts.llms === 0) {
        await collectGarbage();
      }

      expect(llmSpans(await recording.spans())).toMatchObject([
        { status: { code: 0 }, attributes: { 'agentops.stream.truncated': true } },
      ]);
      run.end();
      await shutdown();
    });

    it('is over at shutdown where it is neither read on nor collected, with what had arrived', async () => {
      await using server = await startModelServer({
        script: always({ text, fault: { kind: 'hang', afterChunks: 5 } }),
      });
      const exporter = new KeepingExporter();
      startRecording({ exporters: [exporter] });
      const stream = await session('run', () => provider.connect(server.url, instrument).createStream());
      const iterator = stream[Symbol.asyncIterator]();
      while (!JSON.stringify(await iterator.next()).includes('It is')) {}
      await shutdown();
      await server.close();

      expect(llmSpans(exporter.spans)).toMatchObject([
        {
          status: { code: 0 },
          attributes: {
            'agentops.stream.truncated': true,
            'gen_ai.response.model': provider.model,
            'gen_ai.output.messages': expect.stringContaining('It is'),
          },
        },
      ]);
    });

    it('ends the span when a silent stream is aborted through the signal of its call', async () => {
      const { plain, watched, calls } = await controlRun(() => {
        const abort = new AbortController();
        return {
          script: always({ text, fault: { kind: 'hang', afterChunks: 4 } }),
          async program({ url, instrument, note }) {
            const caller = provider.connect(url, instrument);
            for await (const chunk of await caller.createStream({ signal: abort.signal })) {
              note(chunk);
              if (JSON.stringify(chunk).includes('It is')) abort.abort();
            }
          },
        };
      });

      expect(watched).toEqual(plain);
      expect(calls).toMatchObject([
        { status: { code: provider.abortThrows ? 2 : 0 }, attributes: { 'agentops.stream.truncated': true } },
      ]);
    });
  });
}
