import { setImmediate as turn } from 'node:timers/promises';
import Anthropic, { APIPromise as AnthropicPromise } from '@anthropic-ai/sdk';
import OpenAI, { APIPromise as OpenAIPromise } from 'openai';
import { describe, expect, it } from 'vitest';
import { type ApiPromiseObserver, watchApiPromise } from '../../src/instrumentation/api-promise.ts';
import { collectGarbage } from '../support/collect-garbage.ts';

/** Writes down what it is told. */
class Witness implements ApiPromiseObserver {
  readonly told: unknown[] = [];
  resolved = (value: unknown): void => void this.told.push(value);
  unread = (): void => void this.told.push('unread');
  rejected = (error: unknown): void => void this.told.push(error);
}

const openai = new OpenAI({ apiKey: 'key' });
const anthropic = new Anthropic({ apiKey: 'key' });

type Parse = () => Promise<{ answer: number }>;

/** The promises that both clients' methods return, for a response that is parsed by `parse`. */
const CLIENTS = [
  {
    client: 'openai',
    make: (received: Promise<unknown>, parse: Parse) => new OpenAIPromise(openai, received as never, parse),
  },
  {
    client: 'anthropic',
    make: (received: Promise<unknown>, parse: Parse) =>
      new AnthropicPromise(anthropic, received as never, parse),
  },
];

const received = async () => ({ response: new Response(), options: {} });

describe.each(CLIENTS)("the promise of $client's client (P6)", ({ make }) => {
  it('stays the object it was, and its body unread until it is asked for', async () => {
    const witness = new Witness();
    let parsed = 0;
    const promise = make(received(), async () => ({ answer: ++parsed }));

    expect(watchApiPromise(promise, witness)).toBe(promise);
    expect([parsed, witness.told]).toEqual([0, []]);
    expect(await promise).toEqual({ answer: 1 });
    expect(await promise.then(({ answer }) => answer)).toBe(1);
    expect(witness.told).toEqual([{ answer: 1 }]);
  });

  it('tells that its raw response was taken and nothing parsed', async () => {
    const witness = new Witness();
    const promise = make(received(), async () => ({ answer: 1 }));
    watchApiPromise(promise, witness);
    expect(await promise.asResponse()).toBeInstanceOf(Response);
    await turn();

    expect(witness.told).toEqual(['unread']);
  });

  it('tells the answer of one whose raw response was looked at before', async () => {
    const witness = new Witness();
    const promise = make(received(), async () => {
      await turn();
      return { answer: 1 };
    });
    watchApiPromise(promise, witness);
    const response = await promise.asResponse();
    expect(response.bodyUsed).toBe(false);
    expect(await promise).toEqual({ answer: 1 });

    expect(witness.told).toEqual([{ answer: 1 }]);
  });

  it('does not take withResponse() for that', async () => {
    const witness = new Witness();
    const promise = make(received(), async () => ({ answer: 1 }));
    watchApiPromise(promise, witness);
    expect(await promise.withResponse()).toMatchObject({ data: { answer: 1 } });

    expect(witness.told).toEqual([{ answer: 1 }]);
  });

  it('tells what a helper started from, before it could fail', async () => {
    const witness = new Witness();
    const promise = make(received(), async () => ({ answer: 1 }));
    watchApiPromise(promise, witness);
    const unusable = new Error('the answer cannot be used');
    const derived = promise._thenUnwrap(() => {
      throw unusable;
    });

    await expect(derived).rejects.toBe(unusable);
    expect(witness.told[0]).toEqual({ answer: 1 });
  });

  it('forgets who watched once it has settled, though its owner keeps it', async () => {
    const promise = make(received(), async () => ({ answer: 1 }));
    const witness = watched(promise);
    expect(await promise).toEqual({ answer: 1 });
    await collectGarbage();

    expect(witness.deref()).toBeUndefined();
    expect(await promise).toEqual({ answer: 1 });
  });

  it('rejects with the very error of the request, whoever asks', async () => {
    const witness = new Witness();
    const refused = new Error('refused');
    const promise = make(Promise.reject(refused), async () => ({ answer: 1 }));
    watchApiPromise(promise, witness);

    await expect(promise).rejects.toBe(refused);
    await expect(promise.asResponse()).rejects.toBe(refused);
    await expect(promise._thenUnwrap(() => 1)).rejects.toBe(refused);
    expect(witness.told).toEqual([refused]);
  });
});

describe('what other clients return (P6)', () => {
  it('is told when a plain promise settles', async () => {
    const witness = new Witness();
    const refused = new Error('refused');

    expect(await watchApiPromise(Promise.resolve('answer'), witness)).toBe('answer');
    await expect(watchApiPromise(Promise.reject(refused), witness)).rejects.toBe(refused);
    expect(witness.told).toEqual(['answer', refused]);
  });

  it.each([['a text'], [{ answer: 1 }], [undefined]])('is told at once where it is %j', (value) => {
    const witness = new Witness();

    expect(watchApiPromise(value, witness)).toBe(value);
    expect(witness.told).toEqual([value]);
  });
});

/** A function of its own, so that no variable holds the witness. */
function watched(promise: unknown): WeakRef<Witness> {
  const witness = new Witness();
  watchApiPromise(promise, witness);
  return new WeakRef(witness);
}
