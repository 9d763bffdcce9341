import type Anthropic from '@anthropic-ai/sdk';
import { agent } from 'agentops';

/** The role, told to the model. */
const WRITER_ROLE =
  'You answer questions about a lighthouse from the findings of a researcher, in one short paragraph of plain text. ' +
  'Keep the numbers and the names of the documents as they are given.';

/** The agent that makes an answer of the findings, and hands its words on as they come. */
export function writer(
  anthropic: Anthropic,
  model: string,
  onText: (text: string) => void,
): (question: string, findings: string) => Promise<string> {
  return agent.wrap('writer', async (question: string, findings: string) => {
    const stream = await anthropic.messages.create({
      model,
      max_tokens: 1024,
      system: WRITER_ROLE,
      messages: [{ role: 'user', content: `${question}\n\nFindings:\n${findings}` }],
      stream: true,
    });
    let answer = '';
    for await (const event of stream) {
      if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
      answer += event.delta.text;
      onText(event.delta.text);
    }
    return answer;
  });
}
