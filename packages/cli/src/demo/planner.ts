import { agent } from 'agentops';
import type OpenAI from 'openai';

/** The role, told to the model. */
export const PLANNER_ROLE =
  'You plan research in the papers of a lighthouse: oil accounts, logbooks, letters. ' +
  'Answer with at most four numbered steps, each one line. Do not answer the question itself.';

/** The agent that turns a question into the steps that will answer it. */
export function planner(openai: OpenAI, model: string): (question: string) => Promise<string> {
  return agent.wrap('planner', async (question: string) => {
    const { choices } = await openai.chat.completions.create({
      model,
      messages: [
        { role: 'system', content: PLANNER_ROLE },
        { role: 'user', content: question },
      ],
    });
    return choices[0]?.message.content ?? '';
  });
}
