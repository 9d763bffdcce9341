import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HandleRequestOptions, handleRequest, type InitOptions, stats } from 'agentops';
import { expect, onTestFinished } from 'vitest';
import { type HttpService, startService } from '../../../support/http-service.ts';
import { type Recording, startRecording } from '../../../support/recording.ts';

/** Within what a machine that is busy may take. */
export const LATER = { timeout: 10_000 };

/** What a caller in another process sends. */
export const TRACE_ID = '0190a8f01c2d7e3f8a4b5c6d7e8f9a0b';
export const SPAN_ID = '5c6d7e8f9a0b0190';
export const SESSION_ID = '0190a8f0-1c2d-7e3f-8a4b-5c6d7e8f9a0b';
export const traced = { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` };

/** A service on loopback, until the test has finished. */
export async function answering(answer: Parameters<typeof startService>[0]): Promise<HttpService> {
  const service = await startService(answer);
  onTestFinished(() => service.close());
  return service;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The same, whose requests are answered by `handler` through `handleRequest`. */
export async function serve(
  handler: Handler,
  { options, init }: { options?: HandleRequestOptions; init?: InitOptions } = {},
): Promise<Recording & { url: string; allAnswered(): Promise<void> }> {
  const recording = startRecording(init);
  const { url } = await answering((request, response) => {
    handleRequest(request, response, () => handler(request, response), options);
  });
  // What ends with the closing of a response may come after its last byte.
  const allAnswered = () =>
    expect
      .poll(
        () => [recording.client.telemetry.activeSpans().map(({ name }) => name), stats().openSessions],
        LATER,
      )
      .toEqual([[], 0]);
  return { ...recording, url, allAnswered };
}
