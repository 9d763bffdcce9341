// Joins a session without any SDK, as a program in another language does: it reads TRACEPARENT and posts one span as
// OTLP/JSON to the backend.
import { randomBytes } from 'node:crypto';
import process from 'node:process';

const { TRACEPARENT = '', AGENTOPS_ENDPOINT = 'http://localhost:4600' } = process.env;
const [, traceId, parentSpanId] = TRACEPARENT.split('-');
const now = () => `${BigInt(Date.now()) * 1_000_000n}`;

const startTimeUnixNano = now();
await new Promise((resolve) => setTimeout(resolve, 5)); // the printing
const span = {
  traceId,
  parentSpanId,
  spanId: randomBytes(8).toString('hex'),
  name: 'print label',
  kind: 1,
  startTimeUnixNano,
  endTimeUnixNano: now(),
};
await fetch(`${AGENTOPS_ENDPOINT}/v1/traces`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'label-printer' } }] },
        scopeSpans: [{ scope: { name: 'label-printer' }, spans: [span] }],
      },
    ],
  }),
});
