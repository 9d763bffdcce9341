import type { SetUp } from './recording.ts';

export const setUp: SetUp = ({ loadOpenAI, clientOptions }) => {
  const OpenAI = loadOpenAI();
  return { client: new OpenAI(clientOptions), run: (program) => program(), flush: async () => {} };
};
