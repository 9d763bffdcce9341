/** The Vercel AI SDK in a session: text with a tool, and a stream. `node main.ts`. */
import { openai } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import { action, agent, init, session, sessionTracer, shutdown } from 'agentops';
import { generateText, isStepCount, registerTelemetry, streamText, tool } from 'ai';
import { z } from 'zod';

init({ serviceName: 'vercel-ai-sdk-example' });
registerTelemetry(new OpenTelemetry({ tracer: sessionTracer('ai') }));

const oil = tool({
  description: 'How much oil a lighthouse has left.',
  inputSchema: z.object({ place: z.string() }),
  execute: ({ place }) => action('measure', async () => `40 litres at ${place}`),
});

const poem = await session('evening', () =>
  agent('keeper', async () => {
    const { text } = await generateText({
      model: openai.chat('gpt-4o'),
      prompt: 'How much oil is left at Skerryvore?',
      tools: { oil },
      stopWhen: isStepCount(3),
    });
    console.log(text);
    const { textStream } = streamText({ model: openai.chat('gpt-4o-mini'), prompt: 'A line on lamps.' });
    return (await Array.fromAsync(textStream)).join('');
  }),
);
console.log(poem);
await shutdown();
