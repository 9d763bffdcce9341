/** LangChain, traced by OpenLLMetry's instrumentation inside a session: `node main.ts`. */

import { awaitAllCallbacks } from '@langchain/core/callbacks/promises';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { agent, init, session, shutdown } from 'agentops';

await init({ serviceName: 'langchain-example', instrumentations: { openllmetry: ['langchain'] } }).ready;

const model = new FakeListChatModel({ responses: ['At night.'] });
const chain = ChatPromptTemplate.fromTemplate('When does the lamp of {place} burn?')
  .pipe(model)
  .pipe(new RunnableLambda({ func: (message: { text: string }) => message.text.toUpperCase() }));

// Callbacks of the program's own go on as they did.
let asked = 0;
const callbacks = [{ handleChatModelStart: () => void asked++ }];

// Two at once: each has the spans of its own.
const ask = (place: string) =>
  session({ name: place }, () => agent('keeper', () => chain.invoke({ place }, { callbacks })));
const answers = await Promise.all([ask('Skerryvore'), ask('Bell Rock')]);
await awaitAllCallbacks();
console.log([...answers, `models asked: ${asked}`].join('\n'));
await shutdown();
