import type { Message, ModelReply, ModelRequest, ToolCall } from '@agentops/model-server';
import { PLANNER_ROLE } from './planner.ts';
import { RESEARCHER_ROLE } from './researcher.ts';

/**
 * What the models say when no provider is asked. Every reply is made from the request alone: names, numbers and
 * quotations come from the question and from what the tools gave back, as they would with a model that thinks.
 */
export function answerAsCrew({ system, messages }: ModelRequest): ModelReply {
  const question = messages[0]?.text ?? '';
  if (system === PLANNER_ROLE) return { text: planFor(question) };
  if (system === RESEARCHER_ROLE) return nextStep(question, pastCalls(messages));
  return { text: asParagraph(question), chunking: { size: 12, delayMs: 8 } };
}

/** A tool call of an earlier turn, with what it gave back. */
interface PastCall {
  readonly name: string;
  readonly args: Record<string, unknown>;
  readonly result: string;
}

function planFor(question: string): string {
  const years = yearsIn(question);
  return [
    `1. Read the oil accounts of ${years.join(' and ')}.`,
    '2. Add up the months of each year.',
    '3. Subtract one total from the other.',
    '4. Look in the letters for the reason.',
  ].join('\n');
}

/** The researcher's next turn, by what it knows already. */
function nextStep(question: string, past: readonly PastCall[]): ModelReply {
  const years = yearsIn(question);
  const named = (name: string) => past.filter((call) => call.name === name);
  const list = named('list_documents')[0];
  // A name guessed before the list is known: a model's usual mistake, and one it recovers from.
  if (list === undefined) return calls(['list_documents', {}], readCall('oil-accounts.txt'));

  const names = JSON.parse(list.result) as string[];
  const accounts = years.flatMap((year) =>
    names.filter((name) => name.startsWith('oil-') && name.includes(year)),
  );
  const read = new Map(named('read_document').map(({ args, result }) => [args.name, result]));
  const unread = accounts.filter((name) => !read.has(name));
  if (unread.length > 0) return calls(...unread.map(readCall));

  const sums = named('calculate').filter(({ args }) => args.operation === 'sum');
  if (sums.length === 0) {
    const litres = accounts.map((name) => litresIn(read.get(name) ?? ''));
    return calls(...litres.map((numbers) => calculateCall('sum', numbers)));
  }
  const totals = sums.map(({ result }) => Number(result));
  const difference = named('calculate').find(({ args }) => args.operation === 'difference');
  const search = named('search_documents')[0];
  if (difference === undefined || search === undefined) {
    const latestFirst = totals.toReversed();
    return calls(calculateCall('difference', latestFirst), ['search_documents', { words: 'more oil' }]);
  }
  const hits = JSON.parse(search.result) as { document: string }[];
  const letters = [...new Set(hits.map(({ document }) => document))];
  const unreadLetters = letters.filter((name) => !read.has(name));
  if (unreadLetters.length > 0) return calls(...unreadLetters.map(readCall));

  return {
    text: [
      ...years.map((year, index) => `- ${year}: ${totals[index]} litres (${accounts[index]}).`),
      `- Difference: ${difference.result} litres.`,
      ...letters.flatMap((name) =>
        reasonsIn(read.get(name) ?? '').map((reason) => `- "${reason}" (${name})`),
      ),
    ].join('\n'),
  };
}

/** The findings that stand below the question, as one paragraph. */
function asParagraph(question: string): string {
  const [, findings = ''] = question.split('Findings:\n');
  return findings
    .split('\n')
    .map((line) => line.replace(/^[-*] /, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}

function pastCalls(messages: readonly Message[]): PastCall[] {
  const results = new Map(
    messages.flatMap(({ toolResults }) => toolResults.map(({ id, content }) => [id, content] as const)),
  );
  return messages.flatMap(({ toolCalls }) =>
    toolCalls.map(({ id, name, arguments: args }) => ({
      name,
      args: args as Record<string, unknown>,
      result: results.get(id) ?? '',
    })),
  );
}

type Call = [name: string, args: Record<string, unknown>];

function calls(...wanted: Call[]): ModelReply {
  return { toolCalls: wanted.map(([name, args]): ToolCall => ({ name, arguments: args })) };
}

const readCall = (name: string): Call => ['read_document', { name }];

const calculateCall = (operation: string, numbers: number[]): Call => ['calculate', { operation, numbers }];

function yearsIn(text: string): string[] {
  return [...new Set(text.match(/\b1\d{3}\b/g))].sort();
}

/** The amounts of an account: lines of one word and one number. */
function litresIn(account: string): number[] {
  return [...account.matchAll(/^[A-Z][a-z]+ +(\d+(?:\.\d+)?)$/gm)].map(([, amount]) => Number(amount));
}

/** The sentences that give a reason. */
function reasonsIn(letter: string): string[] {
  const sentences = letter.replace(/\s+/g, ' ').match(/[^.]+\./g) ?? [];
  return sentences.map((sentence) => sentence.trim()).filter((sentence) => /\bbecause\b/.test(sentence));
}
