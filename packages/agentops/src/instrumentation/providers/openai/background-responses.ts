import type { LlmResponse } from '../../llm-call.ts';
import type { RequestMethod } from '../../watch-request.ts';
import { responses } from './responses.ts';
import { ResponsesAssembler } from './responses-assembler.ts';
import { toLlmResponse } from './responses-messages.ts';
import type { ResponseDocument, ResponseEvent } from './responses-wire.ts';

/** Of a response that goes on without its caller. */
const UNFINISHED: ReadonlySet<unknown> = new Set(['queued', 'in_progress']);

/** Those asked for first are forgotten first. */
const MOST_REMEMBERED = 1000;

/**
 * Responses that were still being made when their call ended (`background: true`). What they have used is counted once,
 * with the request that is the first to see their end.
 */
export class BackgroundResponses {
  readonly #ids = new Set<string>();

  /** `client.responses.create`; what it leaves unfinished is remembered. */
  readonly create: typeof responses = {
    ...responses,

    response: (document, content) => {
      this.#remember(document);
      return responses.response(document, content);
    },

    assembler: (content) => {
      const assembler = new ResponsesAssembler(content);
      return {
        add: (event) => assembler.add(event),
        response: () => {
          this.#remember(assembler.unfinished);
          return assembler.response();
        },
      };
    },
  };

  /** `method`, which may ask for a response again: `retrieve`, streamed or not, and `cancel`. */
  watching(method: RequestMethod): RequestMethod {
    return {
      ...method,
      request: (args) => {
        const outline = method.request(args);
        const isOfOne = outline?.route.startsWith('/responses/{id}') === true;
        if (!isOfOne || this.#ids.size === 0) return outline;
        return { ...outline, earlier: (answer) => this.#take(answer) };
      },
    };
  }

  #remember(document: ResponseDocument | undefined): void {
    const { id, status, background } = Object(document) as ResponseDocument;
    if (typeof id !== 'string' || !UNFINISHED.has(status) || background === false) return;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > MOST_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
  }

  /** @param answer A response, or the last event of one that is streamed. */
  #take(answer: unknown): LlmResponse | undefined {
    const { response = answer } = Object(answer) as ResponseEvent;
    const { id, status } = Object(response) as ResponseDocument;
    if (typeof status !== 'string' || UNFINISHED.has(status) || !this.#ids.delete(id ?? '')) return undefined;
    return toLlmResponse(response as ResponseDocument, false);
  }
}
