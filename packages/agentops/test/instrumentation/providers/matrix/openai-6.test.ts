import { describe } from 'vitest';
import { openai6 as provider } from '../support/provider-case.ts';
import { describeAnswers } from './answers.ts';
import { describeOddAnswers } from './odd-answers.ts';
import { describeStoppedStreams } from './stopped-streams.ts';
import { describeStreamUsage } from './stream-usage.ts';
import { describeStreams } from './streams.ts';
import { describeToolLoops } from './tool-loops.ts';

describe('openai 6', () => {
  describeAnswers(provider);
  describeStreams(provider);
  describeStoppedStreams(provider);
  describeToolLoops(provider);
  describeOddAnswers(provider);
  describeStreamUsage(provider);
});
