/** The OpenAI Agents SDK in a session: agents, a handoff, a tool and a guardrail. `node main.ts [instrumented]`. */
import process from 'node:process';
import {
  Agent,
  tool as functionTool,
  getCurrentSpan,
  OpenAIProvider,
  Runner,
  setTraceProcessors,
} from '@openai/agents';
import { action, init, instrument, session, shutdown } from 'agentops';
import { agentopsTracingProcessor } from 'agentops/openai-agents';
import OpenAI from 'openai';
import { z } from 'zod';

init({ serviceName: 'openai-agents-example' });
// Instead of the upload to OpenAI; addTraceProcessor would leave that on.
setTraceProcessors([agentopsTracingProcessor({ getCurrentSpan })]);

// An instrumented client is not needed. Where there is one, a call of the model is one span all the same.
const client = new OpenAI();
const openAIClient = process.argv[2] === 'instrumented' ? instrument(client) : client;
const runner = new Runner({ modelProvider: new OpenAIProvider({ openAIClient }) });

const oil = functionTool({
  name: 'oil_left',
  description: 'How much oil a lighthouse has left.',
  parameters: z.object({ place: z.string() }),
  execute: ({ place }) => action('measure', () => `40 litres at ${place}`),
});
const keeper = new Agent({
  name: 'Keeper',
  model: 'gpt-4o',
  instructions: 'Look after the oil.',
  tools: [oil],
});
const triage = new Agent({
  name: 'Triage',
  model: 'gpt-4o-mini',
  instructions: 'Find the one who knows.',
  handoffs: [keeper],
  inputGuardrails: [
    {
      name: 'polite',
      execute: async () => ({ outputInfo: null, tripwireTriggered: false }),
    },
  ],
});

const result = await session('question', () => runner.run(triage, 'How much oil is left at Skerryvore?'));
console.log(result.finalOutput);
await shutdown();
