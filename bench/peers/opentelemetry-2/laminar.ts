import { Laminar, observe } from '@lmnr-ai/lmnr';
import type { SetUp } from '../../support/providers/recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions, sinkUrl }) => {
  const OpenAI = loadOpenAI();
  const { protocol, hostname, port } = new URL(sinkUrl);
  Laminar.initialize({
    projectApiKey: 'benchmark',
    baseUrl: `${protocol}//${hostname}`,
    httpPort: Number(port),
    // By default it speaks gRPC, and all contestants are to have one sink.
    forceHttp: true,
    instrumentModules: { OpenAI },
  });
  return {
    client: new OpenAI(clientOptions),
    run: (program) => observe({ name: 'benchmark' }, program),
    flush: () => Laminar.flush(),
  };
};
