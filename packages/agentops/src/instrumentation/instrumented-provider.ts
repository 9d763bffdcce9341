import { context } from '@opentelemetry/api';
import { soonIn } from '../session/scope.ts';
import { isModelRequest, withModelRequest } from '../telemetry/propagation/model-request.ts';
import { type ApiPromiseObserver, watchApiPromise } from './api-promise.ts';
import { BaseInstrumentation } from './base-instrumentation.ts';
import { methodNames, partPrototypes, property, prototypeAt } from './client-classes.ts';
import { LlmCall, type LlmInput, type LlmRequest, type LlmResponse } from './llm-call.ts';
import type { AnyProviderMethod, ProviderMethod } from './provider-method.ts';
import { type ProviderServer, serverAt } from './provider-server.ts';
import { RequestCall } from './request-call.ts';
import { type RequestMethod, watchRequest } from './watch-request.ts';
import { watchStream } from './watch-stream.ts';

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Base of the instrumentations of model providers whose clients are objects with methods that send one request each
 * and answer with a promise of an object or of a stream. A subclass names the provider and lists the methods; this
 * class puts a span around each call and leaves the client as it was: the same object, promises, streams and errors.
 */
export abstract class InstrumentedProvider<Client extends object> extends BaseInstrumentation {
  /** `gen_ai.provider.name`. */
  abstract override readonly name: string;
  /** The provider's methods. Their bodies and results are the provider's own types, which end here. */
  protected abstract readonly methods: readonly ProviderMethod<never, never, never>[];
  /** What the client's other methods send their requests by: each request is then an action. Default: none are watched. */
  protected readonly requests: readonly RequestMethod[] = [];
  /**
   * True for clients that must have been prepared before any method of their parts, because these do something of their
   * own before they come to `methods` or `requests`. Default: false.
   */
  protected readonly preparesFirst: boolean = false;
  /** Clients that were handed over, and their parts. */
  readonly #instrumented = new WeakSet<object>();
  /** What this class has put in the place of methods of prototypes. */
  readonly #wrappers = new WeakSet<object>();
  readonly #servers = new WeakMap<object, ProviderServer>();
  /** Clients of instrumented classes that have been prepared. */
  readonly #prepared = new WeakSet<object>();

  /** True for clients of this provider, whatever their version. */
  abstract recognises(client: object): client is Client;

  /**
   * Instruments `client` in place and returns it. A second time changes nothing. Methods an unknown version lacks are
   * left out.
   */
  instrument(client: Client): Client {
    if (this.#instrumented.has(client)) return client;
    this.#instrumented.add(client);
    this.guard(() => this.prepare(client));
    for (const method of this.methods) {
      this.guard(() => {
        const owner = method.path.slice(0, -1).reduce<unknown>(property, client);
        if (this.#wrap(owner, method as AnyProviderMethod, () => client))
          this.#instrumented.add(owner as object);
      });
    }
    for (const method of this.requests) {
      this.guard(() => {
        const owner = (method.owner ?? []).reduce<unknown>(property, client);
        this.#wrapRequest(owner, method, () => client);
      });
    }
    this.guard(() => this.#followCopies(client));
    return client;
  }

  /**
   * Instruments every client of a class, made or yet to be made: `OpenAI` of its package. A client that is handed over
   * as well makes one span a call. False where none of the methods is found.
   *
   * @param classes Has the class of `client.chat.completions` as `Chat.Completions`: the client's class itself, or a
   * module's exports.
   */
  instrumentClasses(classes: object): boolean {
    const wrapped = this.methods.map((method) =>
      this.#wrap(prototypeAt(method.path, classes), method as AnyProviderMethod, (part) =>
        this.#automaticClientOf(part),
      ),
    );
    for (const method of this.requests) {
      const { owner = [], name } = method;
      this.#wrapRequest(prototypeAt([...owner, name], classes), method, (part) =>
        this.#automaticClientOf(part),
      );
    }
    if (this.preparesFirst) this.#prepareAtParts(classes);
    return wrapped.includes(true);
  }

  /** Instruments `client` if it is one of this provider's; says whether it is. */
  adopt(client: object): boolean {
    if (!this.recognises(client)) return false;
    this.instrument(client);
    return true;
  }

  /** What a provider's client needs beyond its methods. Default: nothing. */
  protected prepare(_client: Client): void {}

  /** The client that a part of it belongs to; undefined where the part does not know. Default: its `_client`. */
  protected clientOf(part: object): object | undefined {
    const client = property(part, '_client');
    return typeof client === 'object' && client !== null ? client : undefined;
  }

  /** `gen_ai.provider.name` of a client's calls, for clients that others can be asked with too. Default: `name`. */
  protected providerOf(_client: object): string {
    return this.name;
  }

  /** The address a client asks; undefined where it does not say. Default: its `baseURL`. */
  protected baseUrlOf(client: object): unknown {
    return property(client, 'baseURL');
  }

  /** Whether the server a client asks is known to understand `streamUsage` of the methods. Default: false. */
  protected knowsStreamUsage(_client: object, _server: ProviderServer): boolean {
    return false;
  }

  /** The provider's own code for an error of its client, where it has one. */
  protected errorType(_error: unknown): string | undefined {
    return undefined;
  }

  /** Starts the span of a call; undefined where none is to be made. */
  protected startCall(request: LlmRequest, input: () => LlmInput): LlmCall | undefined {
    return this.createSpan(({ telemetry }, parent) => {
      const call = new LlmCall(telemetry, parent, request);
      if (call.captureContent) this.guard(() => call.setInput(input()));
      return call;
    });
  }

  /**
   * Follows what a call gave until it has ended: a promise until it settles, the stream it may resolve to until it is
   * used up, closed or cut.
   *
   * @param usage What the stream was asked for usage by, where it was: what that adds to it is taken out again.
   */
  protected handleResponse(
    result: unknown,
    call: LlmCall,
    method: AnyProviderMethod,
    stream: boolean,
    usage?: AnyProviderMethod['streamUsage'],
  ): unknown {
    const observer: ApiPromiseObserver = {
      resolved: (value) => {
        if (!stream) this.#finish(call, () => method.response(value, call.captureContent));
        else if (!this.guard(() => this.#followStream(value, call, method, usage)))
          this.#finish(call, () => ({}));
      },
      unread: () => this.#finish(call, () => ({})),
      rejected: (error) => this.#fail(call, error),
    };
    return watchApiPromise(result, observer, (fn) => soonIn(call.context, fn));
  }

  /** Makes each call of `method` on `owner` an LLM span. False where it has no such method. */
  #wrap(owner: unknown, method: AnyProviderMethod, clientOf: ClientOf): boolean {
    return this.#replace(owner, method.path.at(-1) ?? '', clientOf, (client, args, send) => {
      const [body, ...options] = args;
      const request = this.guard(() => method.request(body));
      const server = this.#serverOf(client);
      const call = request && this.startCall({ ...request, ...server }, () => method.input(body));
      if (call === undefined) return context.with(withModelRequest(context.active()), send);
      const usage = request?.stream ? this.#usageRequest(client, server, method) : undefined;
      const asking = usage && this.guard(() => usage.ask(body));
      let result: unknown;
      try {
        const sent = asking === undefined ? args : [asking, ...options];
        result = context.with(call.context, () => send(sent));
      } catch (error) {
        this.#fail(call, error);
        throw error;
      }
      return this.handleResponse(result, call, method, request?.stream === true, asking && usage);
    });
  }

  /** Makes each request that goes through `method` of a client an action, unless it is part of a recorded call. */
  #wrapRequest(owner: unknown, method: RequestMethod, clientOf: ClientOf): boolean {
    const ownClientOf: ClientOf = (part) => (isModelRequest() ? undefined : clientOf(part));
    return this.#replace(owner, method.name, ownClientOf, (client, args, send) => {
      const request = this.guard(() => method.request(args));
      const call =
        request &&
        this.createSpan(
          ({ telemetry }, parent) =>
            new RequestCall(telemetry, parent, { ...request, ...this.#serverOf(client) }),
        );
      if (call === undefined) return context.with(withModelRequest(context.active()), send);
      void request?.laterModel?.then((model) => call.setModel(model));
      return watchRequest(call, send, {
        around: (sendWithin, watch) =>
          method.around === undefined ? watch(sendWithin()) : method.around(client, sendWithin, watch),
        guard: (fn) => this.guard(fn),
        errorType: (error) => this.errorType(error),
        earlier: (answer) => this.guard(() => request?.earlier?.(answer)),
      });
    });
  }

  /**
   * Replaces a method of `owner`. False where it has none.
   *
   * @param clientOf The client whose call it is, from what the method is called on; undefined for a call that is to be
   * left alone.
   * @param around What happens instead; `send` is the call as it was, or with other arguments.
   */
  #replace(
    owner: unknown,
    name: string,
    clientOf: ClientOf,
    around: (client: object, args: readonly unknown[], send: Send) => unknown,
  ): boolean {
    const original = property(owner, name);
    if (typeof owner !== 'object' || owner === null || typeof original !== 'function') return false;
    // A package may be told of more than once.
    if (Object.hasOwn(owner, name) && this.#wrappers.has(original)) return true;
    const provider = this;
    const instrumented: AnyMethod = function (...args) {
      const send: Send = (sent = args) => original.apply(this, sent);
      const client = provider.guard(() => clientOf(this));
      if (client === undefined) return send();
      const unsampled = provider.unsampledContext();
      if (unsampled !== undefined) return context.with(unsampled, send);
      return around(client, args, send);
    };
    Object.defineProperty(owner, name, { value: instrumented, configurable: true, writable: true });
    this.#wrappers.add(instrumented);
    return true;
  }

  /** Has a client prepared by whatever method of its parts is called first. */
  #prepareAtParts(classes: object): void {
    const known = this.methods.map(({ path }) => prototypeAt(path, classes));
    const prepare = (part: unknown): undefined => void this.#automaticClientOf(part);
    for (const part of partPrototypes(classes, known)) {
      for (const name of methodNames(part))
        this.#replace(part, name, prepare, (_client, _args, send) => send());
    }
  }

  /** The client that `part` of it belongs to, where its class is instrumented and it is not so by itself. */
  #automaticClientOf(part: unknown): object | undefined {
    if (typeof part !== 'object' || part === null || this.#instrumented.has(part)) return undefined;
    if (this.client?.instruments(this.name) !== true) return undefined;
    const client = this.clientOf(part) ?? part;
    if (!this.#prepared.has(client) && this.recognises(client)) {
      this.#prepared.add(client);
      this.guard(() => this.prepare(client));
    }
    return client;
  }

  /** How a stream is to be asked for its usage; undefined where it is not to be asked. */
  #usageRequest(
    client: object,
    server: ProviderServer,
    method: AnyProviderMethod,
  ): AnyProviderMethod['streamUsage'] {
    if (method.streamUsage === undefined) return undefined;
    const isKnown = this.guard(() => this.knowsStreamUsage(client, server)) === true;
    return this.client?.asksForUsage(server.serverAddress, isKnown) ? method.streamUsage : undefined;
  }

  #serverOf(client: object): ProviderServer {
    const known = this.#servers.get(client);
    if (known !== undefined) return known;
    const server = {
      provider: this.guard(() => this.providerOf(client)) ?? this.name,
      ...serverAt(this.guard(() => this.baseUrlOf(client))),
    };
    this.#servers.set(client, server);
    return server;
  }

  /** `withOptions` makes a new client, which belongs to the instrumented program as much as the first. */
  #followCopies(client: Client): void {
    const original = property(client, 'withOptions');
    if (typeof original !== 'function') return;
    const withOptions = (...args: unknown[]): Client => this.instrument(original.apply(client, args));
    Object.defineProperty(client, 'withOptions', { value: withOptions, configurable: true, writable: true });
  }

  /** False where `stream` is nothing that can be followed. */
  #followStream(
    stream: unknown,
    call: LlmCall,
    method: AnyProviderMethod,
    usage: AnyProviderMethod['streamUsage'],
  ): boolean {
    const assembler = this.guard(() => method.assembler(call.captureContent));
    const partial = (): LlmResponse => ({ ...assembler?.response(), truncated: true });
    // A reader who leaves with the last chunk of the answer misses nothing of it.
    const received = (): LlmResponse => ({ truncated: true, ...assembler?.response() });
    const closed = (): void => this.#finish(call, received);
    call.whenCutOff(closed);
    return watchStream(stream, {
      item: (chunk) => {
        // Not in `guard`: there are hundreds, and each would have a closure of its own.
        try {
          call.chunkArrived();
          assembler?.add(chunk);
        } catch (error) {
          this.guard(() => {
            throw error;
          });
        }
      },
      ...(usage && { hides: (chunk) => this.guard(() => usage.takeOut(chunk)) === true }),
      done: () => this.#finish(call, () => assembler?.response()),
      closed,
      failed: (error) => this.#fail(call, error, partial),
    });
  }

  /** Ends the call whatever the mapping of its answer makes of an unexpected shape. */
  #finish(call: LlmCall, response: () => LlmResponse | undefined): void {
    this.guard(() => call.succeed(this.guard(response)));
  }

  #fail(call: LlmCall, error: unknown, partial: () => LlmResponse | undefined = () => undefined): void {
    this.guard(() =>
      call.fail(
        error,
        this.guard(() => this.errorType(error)),
        this.guard(partial),
      ),
    );
  }
}

type Send = (args?: readonly unknown[]) => unknown;

type ClientOf = (part: unknown) => object | undefined;
