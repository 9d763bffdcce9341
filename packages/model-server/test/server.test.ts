import { once } from 'node:events';
import { connect } from 'node:net';
import { always, startModelServer } from '@agentops/model-server';
import { AuthenticationError } from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { drain, stage } from './stage.ts';

const messages = [{ role: 'user' as const, content: 'Hællo 🌤' }];
const chat = { model: 'gpt-4o', messages };
const message = { model: 'claude-sonnet-5', max_tokens: 64, messages };

describe('the record of requests', () => {
  it('keeps method, path, headers and the body byte for byte', async () => {
    const { server } = await stage(always({ text: 'ok' }));
    const body = `{ "model":"gpt-4o",\n\t"messages":[{"role":"user","content":"H\\u00e6llo 🌤"}] }`;
    await fetch(`${server.url}/v1/chat/completions?trace=1`, {
      method: 'POST',
      headers: { 'x-own': 'yes' },
      body,
    });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/v1/chat/completions?trace=1', json: chat });
    expect(request?.headers['x-own']).toBe('yes');
    expect(request?.body.equals(Buffer.from(body))).toBe(true);
    expect(await request?.outcome).toBe('complete');
  });

  it('holds requests that could not be answered, too', async () => {
    const { server } = await stage(always({}));
    await fetch(`${server.url}/v1/nowhere`, { method: 'PUT', body: 'not JSON' });
    expect(server.requests).toMatchObject([{ method: 'PUT', path: '/v1/nowhere', json: undefined }]);
  });

  it('forgets the oldest beyond its limit', async () => {
    const { openai, server } = await stage(always({ text: 'ok' }), { rememberRequests: 2 });
    for (const model of ['a', 'b', 'c']) await openai.chat.completions.create({ ...chat, model });
    expect(server.requests.map(({ json }) => json)).toMatchObject([{ model: 'b' }, { model: 'c' }]);
  });
});

describe('a request that is wrong', () => {
  it("is told of a wrong path in its provider's own envelope", async () => {
    const { openai, anthropic } = await stage(always({}));
    await expect(openai.models.list()).rejects.toMatchObject({
      status: 404,
      error: {
        message: 'Invalid URL (GET /v1/models)',
        type: 'invalid_request_error',
        param: null,
        code: null,
      },
    });
    await expect(anthropic.models.list()).rejects.toMatchObject({
      status: 404,
      error: {
        type: 'error',
        error: { type: 'not_found_error', message: 'Not found: GET /v1/models' },
        request_id: expect.stringMatching(/^req_/),
      },
    });
  });

  it.each(['/v1/chat/completions', '/v1/messages'])('is told of malformed JSON: %s', async (path) => {
    const { server } = await stage(always({}));
    const response = await fetch(server.url + path, { method: 'POST', body: '{"model":' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: 'The body of the request is not a JSON object.' },
    });
  });

  it("is told of a missing field in its provider's words", async () => {
    const { server } = await stage(always({}));
    const complaint = async (path: string, body: object) => {
      const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
      return [response.status, ((await response.json()) as { error: unknown }).error];
    };
    expect(await complaint('/v1/chat/completions', { model: 'm' })).toEqual([
      400,
      {
        message: "Missing required parameter: 'messages'.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'missing_required_parameter',
      },
    ]);
    expect(await complaint('/v1/embeddings', { model: 'm', input: 3 })).toMatchObject([
      400,
      { message: "Invalid type for 'input': expected a string or an array.", code: 'invalid_type' },
    ]);
    expect(await complaint('/v1/messages', { model: 'm', messages })).toEqual([
      400,
      { type: 'invalid_request_error', message: 'max_tokens: Field required' },
    ]);
  });

  it('is refused without the right key, where one is asked for', async () => {
    const { server, openai, anthropic } = await stage(always({ text: 'ok' }), { apiKey: 'right' });
    await expect(openai.chat.completions.create(chat)).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
    });
    await expect(anthropic.messages.create(message)).rejects.toBeInstanceOf(AuthenticationError);
    const bare = await fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
    expect([bare.status, await bare.text()]).toEqual([
      401,
      expect.stringContaining("didn't provide an API key"),
    ]);
    const withKey = await openai.withOptions({ apiKey: 'right' }).chat.completions.create(chat);
    expect(withKey.choices[0]?.message.content).toBe('ok');
    const header = await fetch(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'right' },
      body: JSON.stringify(message),
    });
    expect(header.status).toBe(200);
  });
});

describe('a server', () => {
  it('answers many requests at once, each its own', async () => {
    const { openai } = await stage(({ model }) => ({ text: `from ${model}` }));
    const models = Array.from({ length: 50 }, (_, index) => `model-${index}`);
    const answers = await Promise.all(
      models.map((model) => openai.chat.completions.create({ ...chat, model })),
    );
    expect(answers.map(({ choices }) => choices[0]?.message.content)).toEqual(
      models.map((model) => `from ${model}`),
    );
  });

  it('spaces the chunks of a stream as the script says', async () => {
    const { openai } = await stage(always({ text: 'abcd', chunking: { size: 1, delayMs: 10 } }));
    const start = performance.now();
    const { received } = await drain(await openai.chat.completions.create({ ...chat, stream: true }));
    expect(received).toHaveLength(6);
    expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  });

  it('stops sending when the client leaves', async () => {
    const { anthropic, server } = await stage(
      always({ text: 'word '.repeat(1000), chunking: { size: 5, delayMs: 5 } }),
    );
    for await (const event of await anthropic.messages.create({ ...message, stream: true })) {
      if (event.type === 'content_block_delta') break;
    }
    expect(await server.requests[0]?.outcome).toBe('abandoned');
  });

  it('delivers a long answer whole to a slow reader', async () => {
    const text = 'x'.repeat(2_000_000);
    const { openai } = await stage(always({ text, chunking: { size: 1000 } }));
    let length = 0;
    for await (const { choices } of await openai.chat.completions.create({ ...chat, stream: true })) {
      length += choices[0]?.delta.content?.length ?? 0;
      await new Promise(setImmediate);
    }
    expect(length).toBe(text.length);
  });

  it('closes with connections open, answered or not, and closes twice', async () => {
    const asked = Promise.withResolvers<void>();
    const { server, openai } = await stage(() => {
      asked.resolve();
      return { fault: { kind: 'hang', afterChunks: 0 } };
    });
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(idle, 'connect');
    const hanging = openai.chat.completions.create(chat).catch((error: unknown) => error);
    await asked.promise;
    await server.close();
    await server.close();
    expect(await hanging).toBeInstanceOf(Error);
    expect(await server.requests[0]?.outcome).toBe('abandoned');
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('survives a client that leaves in the middle of its own request', async () => {
    const { server, openai } = await stage(always({ text: 'ok' }));
    const client = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(client, 'connect');
    client.write('POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"mod');
    client.end();
    await once(client.resume(), 'close');
    expect((await openai.chat.completions.create(chat)).choices[0]?.message.content).toBe('ok');
    expect(server.requests).toHaveLength(1);
  });

  it('says why it cannot start', async () => {
    const { server } = await stage(always({}));
    const port = Number(new URL(server.url).port);
    await expect(startModelServer({ script: always({}), port })).rejects.toThrow(
      new RegExp(`cannot listen on 127.0.0.1:${port} .*EADDRINUSE.*choose another`),
    );
  });

  it('closes with the block that declared it', async () => {
    let url: string;
    {
      await using server = await startModelServer({ script: always({ text: 'ok' }) });
      url = server.url;
      expect((await fetch(url)).status).toBe(404);
    }
    await expect(fetch(url)).rejects.toThrow();
  });
});
