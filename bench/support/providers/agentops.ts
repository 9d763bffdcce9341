import { init, instrument, session } from 'agentops';
import type { SetUp } from './recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const agentops = init({ exporters: [{ type: 'agentops', endpoint: sinkUrl }] });
  const OpenAI = loadOpenAI();
  return {
    client: instrument(new OpenAI(clientOptions)),
    run: (program) => session('benchmark', program),
    flush: () => agentops.flush(),
  };
};
