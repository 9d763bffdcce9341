import { describe } from 'vitest';
import { google3 as provider } from '../support/provider-case.ts';
import { describeAnswers } from './answers.ts';
import { describeOddAnswers } from './odd-answers.ts';
import { describeStoppedStreams } from './stopped-streams.ts';
import { describeStreams } from './streams.ts';
import { describeToolLoops } from './tool-loops.ts';

describe('@google/genai 3', () => {
  describeAnswers(provider);
  describeStreams(provider);
  describeStoppedStreams(provider);
  describeToolLoops(provider);
  describeOddAnswers(provider);
});
