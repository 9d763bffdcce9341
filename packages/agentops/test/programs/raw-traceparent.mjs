// A program that knows nothing but the header: it joins the trace of its parent process with one span of its own.
import { randomBytes } from 'node:crypto';
import process from 'node:process';

const [endpoint] = process.argv.slice(2);
const [, traceId, parentSpanId, flags] = process.env.TRACEPARENT.split('-');
const now = BigInt(Date.now()) * 1_000_000n;
const span = {
  traceId,
  spanId: randomBytes(8).toString('hex'),
  parentSpanId,
  flags: Number.parseInt(flags, 16),
  name: 'compress',
  kind: 1,
  startTimeUnixNano: String(now - 5_000_000n),
  endTimeUnixNano: String(now),
};
const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'raw' } }] };
const answer = await fetch(`${endpoint}/v1/traces`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'raw' }, spans: [span] }] }],
  }),
});
process.exitCode = answer.ok ? 0 : 1;
