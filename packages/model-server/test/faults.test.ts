import { always, type Fault } from '@agentops/model-server';
import {
  APIConnectionError as AnthropicConnectionError,
  APIError as AnthropicError,
  RateLimitError as AnthropicRateLimit,
  OverloadedError,
  ServiceUnavailableError,
} from '@anthropic-ai/sdk';
import { APIConnectionError, APIConnectionTimeoutError, APIError, RateLimitError } from 'openai';
import { describe, expect, it } from 'vitest';
import { drain, stage } from './stage.ts';

const question = [{ role: 'user' as const, content: 'Hello?' }];
const chat = { model: 'gpt-4o', messages: question };
const message = { model: 'claude-sonnet-5', max_tokens: 64, messages: question };
const text = 'one two three four';
const impatient = { timeout: 500 };

const staged = (fault: Fault) => stage(always({ text, chunking: { size: 4 }, fault }));

describe('the status fault', () => {
  it("is raised as the client's own error class, with message, code, type and request id", async () => {
    const { openai, anthropic } = await staged({
      kind: 'status',
      status: 429,
      message: 'Slow down.',
      code: 'tokens_per_minute',
    });
    const fromOpenAI = await openai.chat.completions.create(chat).catch((error: unknown) => error);
    const fromAnthropic = await anthropic.messages.create(message).catch((error: unknown) => error);
    expect(fromOpenAI).toBeInstanceOf(RateLimitError);
    expect(fromOpenAI).toMatchObject({
      message: '429 Slow down.',
      code: 'tokens_per_minute',
      requestID: expect.stringMatching(/^req_/),
    });
    expect(fromAnthropic).toBeInstanceOf(AnthropicRateLimit);
    expect(fromAnthropic).toMatchObject({
      type: 'rate_limit_error',
      apiMessage: 'Slow down.',
      errorCode: 'tokens_per_minute',
      requestID: expect.stringMatching(/^req_/),
    });
  });

  it.each([
    [400, 'invalid_request_error', 'invalid_request_error'],
    [401, 'invalid_request_error', 'authentication_error'],
    [403, 'invalid_request_error', 'permission_error'],
    [404, 'invalid_request_error', 'not_found_error'],
    [413, 'invalid_request_error', 'request_too_large'],
    [429, 'requests', 'rate_limit_error'],
    [500, 'server_error', 'api_error'],
    [503, 'server_error', 'api_error'],
    [529, 'server_error', 'overloaded_error'],
  ])('%i is of type %s for OpenAI, %s for Anthropic', async (status, ofOpenAI, ofAnthropic) => {
    const { openai, anthropic } = await staged({ kind: 'status', status });
    await expect(openai.chat.completions.create(chat)).rejects.toMatchObject({ status, type: ofOpenAI });
    await expect(anthropic.messages.create(message)).rejects.toMatchObject({ status, type: ofAnthropic });
  });

  it('tells how long to wait, and a client that tries again gets the next reply', async () => {
    const { openai, anthropic, server } = await stage(({ index }) =>
      index < 2 ? { fault: { kind: 'status', status: 503, retryAfter: 0.01 } } : { text },
    );
    const refused = await anthropic.messages.create(message).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ServiceUnavailableError);
    expect((refused as ServiceUnavailableError).headers?.get('retry-after')).toBe('0.01');
    const answer = await openai.chat.completions.create(chat, { maxRetries: 1 });
    expect(answer.choices[0]?.message.content).toBe(text);
    expect(server.requests).toHaveLength(3);
  });

  it('that is no error is an error of the script', async () => {
    const { openai } = await staged({ kind: 'status', status: 204 });
    await expect(openai.chat.completions.create(chat)).rejects.toThrow(
      /status 204: an error has one from 400/,
    );
  });
});

describe('the delay fault', () => {
  it('holds an answer back until the client has lost patience', async () => {
    const { openai, server } = await staged({ kind: 'delay', ms: 60_000 });
    await expect(openai.chat.completions.create(chat, impatient)).rejects.toBeInstanceOf(
      APIConnectionTimeoutError,
    );
    expect(await server.requests[0]?.outcome).toBe('abandoned');
  });

  it('gives the right answer to a client that waits', async () => {
    const { openai, server } = await staged({ kind: 'delay', ms: 10 });
    const late = await openai.chat.completions.create(chat);
    expect(late.choices[0]?.message.content).toBe(text);
    expect(await server.requests[0]?.outcome).toBe('complete');
  });
});

describe('the cut fault', () => {
  it('breaks the connection before an answer', async () => {
    const { openai, anthropic, server } = await staged({ kind: 'cut' });
    await expect(openai.chat.completions.create(chat)).rejects.toBeInstanceOf(APIConnectionError);
    await expect(anthropic.messages.create(message)).rejects.toBeInstanceOf(AnthropicConnectionError);
    expect(await Promise.all(server.requests.map(({ outcome }) => outcome))).toEqual(['cut', 'cut']);
  });

  it('breaks a stream after exactly the chunks it names', async () => {
    const { openai, anthropic, server } = await staged({ kind: 'cut', afterChunks: 3 });
    const fromOpenAI = await drain(await openai.chat.completions.create({ ...chat, stream: true }));
    expect(fromOpenAI.received.map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'one ', 'two ']);
    expect(fromOpenAI.error).toBeInstanceOf(Error);
    const fromAnthropic = await drain(await anthropic.messages.create({ ...message, stream: true }));
    // The client swallows the ping between these.
    expect(fromAnthropic.received.map(({ type }) => type)).toEqual(['message_start', 'content_block_start']);
    expect(fromAnthropic.error).toBeInstanceOf(Error);
    expect(await Promise.all(server.requests.map(({ outcome }) => outcome))).toEqual(['cut', 'cut']);
  });

  it('breaks a stream at its end when there are fewer chunks, and an answer without a stream too', async () => {
    const { openai, anthropic } = await staged({ kind: 'cut', afterChunks: 1000 });
    const streamed = await drain(await anthropic.messages.create({ ...message, stream: true }));
    expect(streamed.received.at(-1)?.type).toBe('message_stop');
    expect(streamed.error).toBeInstanceOf(Error);
    await expect(openai.chat.completions.create(chat)).rejects.toBeInstanceOf(Error);
  });
});

describe('the hang fault', () => {
  it('never answers, so that the client has to give up', async () => {
    const { openai, anthropic, server } = await staged({ kind: 'hang' });
    await expect(openai.chat.completions.create(chat, impatient)).rejects.toBeInstanceOf(
      APIConnectionTimeoutError,
    );
    await expect(anthropic.messages.create(message, impatient)).rejects.toThrow('Request timed out.');
    expect(await Promise.all(server.requests.map(({ outcome }) => outcome))).toEqual([
      'abandoned',
      'abandoned',
    ]);
  });

  it('falls silent in the middle of a stream with the connection open, until the client leaves', async () => {
    const { openai, server } = await staged({ kind: 'hang', afterChunks: 2 });
    const pieces: unknown[] = [];
    for await (const { choices } of await openai.chat.completions.create({ ...chat, stream: true })) {
      pieces.push(choices[0]?.delta.content);
      if (pieces.length === 2) break;
    }
    expect(pieces).toEqual(['', 'one ']);
    expect(await server.requests[0]?.outcome).toBe('abandoned');
  });
});

describe('the malformed fault', () => {
  it('breaks the JSON of one chunk of a stream', async () => {
    const { openai, anthropic } = await staged({ kind: 'malformed', chunk: 3 });
    const fromOpenAI = await drain(await openai.chat.completions.create({ ...chat, stream: true }));
    expect(fromOpenAI.received).toHaveLength(3);
    expect(fromOpenAI.error).toBeInstanceOf(SyntaxError);
    const fromAnthropic = await drain(await anthropic.messages.create({ ...message, stream: true }));
    expect(fromAnthropic.received).toHaveLength(2);
    expect(fromAnthropic.error).toBeInstanceOf(SyntaxError);
  });

  it('breaks the JSON of an answer without a stream', async () => {
    const { openai, anthropic } = await staged({ kind: 'malformed', chunk: 0 });
    await expect(openai.chat.completions.create(chat)).rejects.toBeInstanceOf(SyntaxError);
    await expect(anthropic.messages.create(message)).rejects.toBeInstanceOf(SyntaxError);
  });
});

describe('the error event fault', () => {
  const overloaded: Fault = { kind: 'error-event', afterChunks: 3, status: 529, message: 'Overloaded' };

  it('ends a stream with an error the client raises as its own', async () => {
    const { openai, anthropic } = await staged(overloaded);
    const fromOpenAI = await drain(await openai.chat.completions.create({ ...chat, stream: true }));
    expect(fromOpenAI.received).toHaveLength(3);
    expect(fromOpenAI.error).toBeInstanceOf(APIError);
    expect(fromOpenAI.error).toMatchObject({ message: 'Overloaded', type: 'server_error' });
    const fromAnthropic = await drain(await anthropic.messages.create({ ...message, stream: true }));
    expect(fromAnthropic.received).toHaveLength(2);
    expect(fromAnthropic.error).toBeInstanceOf(AnthropicError);
    expect(fromAnthropic.error).toMatchObject({ type: 'overloaded_error', apiMessage: 'Overloaded' });
  });

  it('is an HTTP error where there is no stream', async () => {
    const { anthropic } = await staged(overloaded);
    await expect(anthropic.messages.create(message)).rejects.toBeInstanceOf(OverloadedError);
  });
});
