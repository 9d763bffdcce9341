import { always, startModelServer } from '@agentops/model-server';
import { metrics, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { init, instrument, LLMEvent, type MetricsOptions, type Session, session, shutdown } from 'agentops';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openaiClient } from '../../instrumentation/providers/support/provider-case.ts';
import { readAll } from '../../instrumentation/providers/support/record-calls.ts';
import { deadPort } from '../../support/otlp-endpoint.ts';
import { type Scrape, scrape } from '../../support/scrape.ts';

let port: number;

beforeEach(async () => {
  port = await deadPort();
});

afterEach(async () => {
  await shutdown();
  metrics.disable();
});

/** Runs `work` in a session and scrapes. */
async function measure(work: (run: Session) => unknown, options: MetricsOptions = {}): Promise<Scrape> {
  init({
    exporters: [new InMemorySpanExporter()],
    logs: { level: 'silent' },
    metrics: { prometheus: { port }, ...options },
  });
  await session('run', async (run) => work(run));
  return scrape(port);
}

const CALL = { model: 'gpt-4o', provider: 'openai', promptTokens: 1000, completionTokens: 10 } as const;

/** The span of an LLM call as any instrumentation makes it. */
function call(attributes: Readonly<Record<string, string | number>>, error?: string): void {
  const span = trace.getTracer('any').startSpan('chat', {
    attributes: { 'gen_ai.operation.name': 'chat', ...attributes },
  });
  if (error !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    if (error !== '') span.setAttribute('error.type', error);
  }
  span.end();
}

const DURATION = 'gen_ai_client_inference_duration_count';
const INPUT = 'gen_ai_client_inference_usage_input_tokens_total';

describe('metrics of LLM calls (T10)', () => {
  it('count tokens and cost, and time the calls, by operation, provider and models', async () => {
    const scraped = await measure((run) => {
      run.record(new LLMEvent(CALL));
      run.record(new LLMEvent(CALL));
      call({
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude',
        'gen_ai.response.model': 'claude-2026',
        'gen_ai.usage.input_tokens': 7,
        'gen_ai.usage.cache_read.input_tokens': 5,
        'gen_ai.usage.cache_creation.input_tokens': 2,
        'server.address': 'api.anthropic.com',
        'server.port': 443,
      });
    });

    const openai = {
      gen_ai_operation_name: 'chat',
      gen_ai_provider_name: 'openai',
      gen_ai_request_model: 'gpt-4o',
    };
    expect(scraped.value(DURATION, openai)).toBe(2);
    expect(scraped.value(INPUT, openai)).toBe(2000);
    expect(scraped.value('gen_ai_client_inference_usage_output_tokens_total', openai)).toBe(20);
    expect(scraped.value('agentops_llm_cost_total', openai)).toBeCloseTo(0.0052, 6);
    const [anthropic] = scraped.of(INPUT, { gen_ai_provider_name: 'anthropic' });
    expect(anthropic).toMatchObject({
      value: 7,
      labels: {
        gen_ai_request_model: 'claude',
        gen_ai_response_model: 'claude-2026',
        server_address: 'api.anthropic.com',
        server_port: '443',
      },
    });
    expect(scraped.value('gen_ai_client_inference_usage_cache_read_input_tokens_total')).toBe(5);
    // By its former name, which frameworks use.
    expect(scraped.value('gen_ai_client_inference_usage_cache_write_input_tokens_total')).toBe(2);
    // Neither was streamed.
    expect(scraped.value('gen_ai_client_inference_time_to_first_chunk_count')).toBeUndefined();
  });

  it('time the first chunk of streamed calls', async () => {
    const scraped = await measure(() => call({ 'gen_ai.response.time_to_first_chunk': 0.3 }));

    expect(scraped.value('gen_ai_client_inference_time_to_first_chunk_sum')).toBe(0.3);
    expect(scraped.value('gen_ai_client_inference_time_to_first_chunk_bucket', { le: '0.16' })).toBe(0);
    expect(scraped.value('gen_ai_client_inference_time_to_first_chunk_bucket', { le: '0.32' })).toBe(1);
  });

  it('are the same for an instrumented client, streamed and failed calls among them', async () => {
    await using server = await startModelServer({
      script: always({ text: 'Warm.', usage: { inputTokens: 1000, outputTokens: 200 } }),
    });
    const scraped = await measure(async () => {
      const { completions } = instrument(openaiClient(server.url)).chat;
      const question = { model: 'gpt-4o', messages: [{ role: 'user' as const, content: 'How warm is it?' }] };
      await completions.create(question);
      await readAll(await completions.create({ ...question, stream: true }));
      await completions.create(question, { signal: AbortSignal.abort() }).catch(() => {});
    });

    const called = {
      gen_ai_provider_name: 'openai',
      gen_ai_request_model: 'gpt-4o',
      server_address: '127.0.0.1',
    };
    expect(scraped.value(DURATION, called)).toBe(3);
    expect(scraped.of(DURATION).filter(({ labels }) => labels.error_type !== undefined)).toHaveLength(1);
    expect(scraped.value(INPUT, called)).toBe(1000);
    expect(scraped.value('agentops_llm_cost_total', called)).toBeCloseTo(0.0045, 6);
    expect(scraped.value('gen_ai_client_inference_time_to_first_chunk_count', called)).toBe(1);
  });

  it('tell failed calls by the type of their error', async () => {
    const scraped = await measure(() => {
      call({}, 'rate_limit_exceeded');
      call({}, 'rate_limit_exceeded');
      call({}, '');
      call({});
    });

    expect(scraped.value(DURATION)).toBe(4);
    expect(scraped.value(DURATION, { error_type: 'rate_limit_exceeded' })).toBe(2);
    expect(scraped.value(DURATION, { error_type: '_OTHER' })).toBe(1);
  });

  it('take no call twice where a framework has a span of its own around it', async () => {
    const scraped = await measure(() => {
      const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 7 };
      trace.getTracer('framework').startActiveSpan('outer', { attributes }, (outer) => {
        call({ 'gen_ai.usage.input_tokens': 7 });
        outer.end();
      });
    });

    expect(scraped.value(INPUT)).toBe(7);
    expect(scraped.value(DURATION)).toBe(1);
  });

  it('have the further dimensions that are asked for, where a span has them as plain values', async () => {
    const scraped = await measure(
      () => {
        call({ 'customer.tier': 'gold', 'customer.rank': 2, 'customer.note': 'x'.repeat(1000) });
        call({ 'customer.tier': 'free' });
      },
      { dimensions: ['customer.tier', 'customer.rank', 'customer.note'] },
    );

    expect(scraped.value(DURATION, { customer_tier: 'gold', customer_rank: '2' })).toBe(1);
    expect(scraped.value(DURATION, { customer_tier: 'free' })).toBe(1);
    expect(scraped.of(DURATION, { customer_tier: 'gold' })[0]?.labels.customer_note).toHaveLength(256);
  });

  it('stay within the cardinality limit: what is beyond it is counted together', async () => {
    const scraped = await measure(
      () => {
        for (let n = 0; n < 3000; n += 1) {
          call({ 'gen_ai.request.model': `model-${n}`, 'gen_ai.usage.input_tokens': 1 });
        }
      },
      { cardinalityLimit: 10 },
    );

    expect(scraped.of(INPUT)).toHaveLength(10);
    expect(scraped.value(INPUT)).toBe(3000);
    expect(scraped.value(INPUT, { otel_metric_overflow: 'true' })).toBe(2991);
    expect(scraped.of(DURATION)).toHaveLength(10);
  });

  it('go under the older names as well where that is asked for, and else not', async () => {
    const older = ['gen_ai_client_token_usage_sum', 'gen_ai_client_operation_duration_count'] as const;
    const scraped = await measure((run) => run.record(new LLMEvent(CALL)), { olderNames: true });
    expect(scraped.value(older[0], { gen_ai_token_type: 'input' })).toBe(1000);
    expect(scraped.value(older[0], { gen_ai_token_type: 'output' })).toBe(10);
    expect(scraped.value(older[1])).toBe(1);
    await shutdown();

    const without = await measure((run) => run.record(new LLMEvent(CALL)));
    for (const name of older) expect(without.names).not.toContain(name);
  });
});
