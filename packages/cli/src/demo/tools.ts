import { tool } from 'agentops';
import type OpenAI from 'openai';
import type { Library } from './library.ts';

/** A function that the model may call: what the model is told of it, and what it does. */
export interface CrewTool {
  readonly definition: OpenAI.ChatCompletionFunctionTool;
  readonly run: (args: Record<string, unknown>) => unknown;
}

/** What the researcher can do. `tool.wrap` makes a span of every call, with its arguments and its result. */
export function researchTools(library: Library): CrewTool[] {
  return [
    {
      definition: define('list_documents', 'Names all documents.', {}),
      run: tool.wrap('list_documents', () => library.names()),
    },
    {
      definition: define('read_document', 'Gives the whole text of one document.', { name: TEXT }),
      run: tool.wrap('read_document', ({ name }) => library.read(String(name))),
    },
    {
      definition: define('search_documents', 'Finds the lines that hold all of these words.', {
        words: TEXT,
      }),
      run: tool.wrap('search_documents', ({ words }) => library.search(String(words))),
    },
    {
      definition: define('calculate', 'Adds, averages, or subtracts from the first the others.', {
        operation: { type: 'string', enum: ['sum', 'mean', 'difference'] },
        numbers: { type: 'array', items: { type: 'number' } },
      }),
      run: tool.wrap('calculate', ({ operation, numbers }) => calculate(operation, numbers)),
    },
  ];
}

const TEXT = { type: 'string' };

function define(
  name: string,
  description: string,
  properties: Record<string, object>,
): CrewTool['definition'] {
  const required = Object.keys(properties);
  const parameters = { type: 'object', properties, required, additionalProperties: false };
  return { type: 'function', function: { name, description, parameters, strict: true } };
}

function calculate(operation: unknown, numbers: unknown): number {
  if (!Array.isArray(numbers) || numbers.length === 0 || !numbers.every(Number.isFinite)) {
    throw new Error(
      `calculate: numbers must be a list of at least one number, not ${JSON.stringify(numbers)}`,
    );
  }
  const [first, ...others]: number[] = numbers;
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  switch (operation) {
    case 'sum':
      return sum(numbers);
    case 'mean':
      return sum(numbers) / numbers.length;
    case 'difference':
      return (first ?? 0) - sum(others);
    default:
      throw new Error(
        `calculate: operation must be sum, mean or difference, not ${JSON.stringify(operation)}`,
      );
  }
}
