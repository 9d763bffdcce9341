import { type Context, context } from '@opentelemetry/api';
import type { Answering, ReceivedRequest } from './enter-request.ts';
import { hopsOf } from './forwarded.ts';

export function receivedByWeb({ method, url, headers }: Request): Omit<ReceivedRequest, 'session' | 'route'> {
  const { pathname, protocol } = new URL(url);
  return {
    method,
    path: pathname,
    scheme: protocol === 'https:' ? 'https' : 'http',
    userAgent: headers.get('user-agent') ?? undefined,
    headers,
    hops: hopsOf(undefined, headers.get('x-forwarded-for'), headers.get('forwarded')),
  };
}

/** `response`, or one like it whose body tells when it is used up, cancelled, or has failed. */
export function followAnswer(
  request: Request,
  response: Response,
  answering: Answering,
  end: Answering['end'],
): Response {
  const { status, statusText, headers, body } = response;
  // Nobody reads the body of an answer to HEAD.
  if (body === null || request.method === 'HEAD') {
    end({ status, isWhole: true });
    return response;
  }
  const gone = (): void => end({ status, isWhole: false });
  request.signal.addEventListener('abort', gone, { once: true });
  const followed = followBody(body, answering.context, {
    done: () => end({ status, isWhole: true }),
    gone,
    failed: (error) => {
      answering.fail(error);
      gone();
    },
  });
  return new Response(followed, { status, statusText, headers });
}

interface BodyOutcome {
  done(): void;
  gone(): void;
  failed(error: unknown): void;
}

/** Takes a part from `body` when it is asked for one, and has it made in `within`. */
function followBody(body: ReadableStream, within: Context, outcome: BodyOutcome): ReadableStream {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await context.with(within, () => reader.read());
          if (!done) {
            controller.enqueue(value);
            return;
          }
          outcome.done();
          controller.close();
        } catch (error) {
          outcome.failed(error);
          controller.error(error);
        }
      },
      async cancel(reason) {
        outcome.gone();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
