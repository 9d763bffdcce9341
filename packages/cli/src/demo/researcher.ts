import { agent } from 'agentops';
import type OpenAI from 'openai';
import type { CrewTool } from './tools.ts';

/** The role, told to the model. */
export const RESEARCHER_ROLE =
  'You do research in a library of plain-text documents, with tools. Follow the plan. Take every number from a ' +
  'document and leave all arithmetic to `calculate`. When you know enough, answer with your findings as a list: ' +
  'one fact a line, each with the names of the documents it comes from.';

/** More turns than any question here needs: a model that goes round in circles is stopped. */
const MAX_TURNS = 12;

/** The agent that follows a plan, calling tools until it has found what was asked. */
export function researcher(
  openai: OpenAI,
  model: string,
  tools: readonly CrewTool[],
): (question: string, plan: string) => Promise<string> {
  return agent.wrap('researcher', async (question: string, plan: string) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'system', content: RESEARCHER_ROLE },
      { role: 'user', content: `${question}\n\nPlan:\n${plan}` },
    ];
    for (let turn = 0; turn < MAX_TURNS; turn++) {
      const { choices } = await openai.chat.completions.create({
        model,
        messages,
        tools: tools.map(({ definition }) => definition),
      });
      const message = choices[0]?.message;
      if (!message?.tool_calls?.length) return message?.content ?? '';
      messages.push(message, ...(await Promise.all(message.tool_calls.map((call) => answer(call, tools)))));
    }
    throw new Error(`The researcher had found nothing after ${MAX_TURNS} turns.`);
  });
}

/** Carries out one call. What goes wrong is told to the model, which can mend it; the tool's span is an error. */
async function answer(
  call: OpenAI.ChatCompletionMessageToolCall,
  tools: readonly CrewTool[],
): Promise<OpenAI.ChatCompletionToolMessageParam> {
  try {
    if (call.type !== 'function') throw new Error(`There is no ${call.type} tool here.`);
    const { name, arguments: args } = call.function;
    const found = tools.find(({ definition }) => definition.function.name === name);
    if (found === undefined) throw new Error(`There is no tool ${name}.`);
    const result = await found.run(JSON.parse(args));
    return reply(call.id, typeof result === 'string' ? result : JSON.stringify(result));
  } catch (error) {
    return reply(call.id, String(error));
  }
}

function reply(id: string, content: string): OpenAI.ChatCompletionToolMessageParam {
  return { role: 'tool', tool_call_id: id, content };
}
