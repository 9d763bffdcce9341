/** The model and the sink, in a process of their own, so that what they take is on nobody's account. */
import { always, startModelServer } from '@agentops/model-server';
import { CASES, isCaseName } from './cases.ts';
import { startSink } from './sink.ts';

const name = process.argv[2];
if (!isCaseName(name))
  throw new Error(`there is no case "${name}"; it is one of: ${Object.keys(CASES).join('; ')}`);

const model = await startModelServer({ script: always(CASES[name].reply), rememberRequests: 0 });
const sink = await startSink();
process.on('message', () => process.send?.(sink.received()));
process.on('disconnect', () => process.exit());
process.send?.({ modelUrl: model.url, sinkUrl: sink.url });
