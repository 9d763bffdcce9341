import { forceFlush, initialize, withWorkflow } from '@traceloop/node-server-sdk';
import type { SetUp } from '../../support/providers/recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const OpenAI = loadOpenAI();
  initialize({
    appName: 'benchmark',
    apiKey: 'benchmark',
    baseUrl: sinkUrl,
    instrumentModules: { openAI: OpenAI },
    traceloopSyncEnabled: false,
    silenceInitializationMessage: true,
  });
  return {
    client: new OpenAI(clientOptions),
    run: (program) => withWorkflow({ name: 'benchmark' }, program),
    flush: forceFlush,
  };
};
